//! `external-link`: an address of another site that does not answer.

use std::collections::BTreeSet;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Plan, each_reference};
use crate::source::Span;
use crate::syntax::Kind;
use crate::syntax::html::AttributeUse;
use crate::syntax::tree::Reference;

pub(super) const RULE: Rule = Rule {
    name: "external-link",
    level: Level::Warning,
    finds: "an address of another site that does not answer; only with `check --external`",
    explanation: "\
Why it matters
  Other sites move and go. Whoever follows the link during an incident loses time.

When it looks
  Only when asked: `redbinder check --external` asks every address once, one at a time for each
  site, through the `curl` command. Nothing else ever reaches the network. That a site does not
  answer now says little about the plan: this is for a check once a week, not for each change.

What to do
  Find where the page has gone, or link to a copy that you keep.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let Some(gone) = &binder.project.config.gone else { return };
    for plan in binder.plans {
        each_address(plan, &mut |address, span| {
            if let Some(reason) = gone.get(address) {
                let diagnostic = Diagnostic::new(RULE.name, format!("`{address}` does not answer"))
                    .at(span, reason.as_str())
                    .help("find where it has gone, or take the link out");
                findings.tell_in((&plan.name, plan.edition), diagnostic);
            }
        });
    }
}

/// The web addresses that some plans link to, in order.
pub fn addresses(plans: &[Plan]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for plan in plans {
        each_address(plan, &mut |address, _| {
            found.insert(address.to_string());
        });
    }
    found.into_iter().collect()
}

fn each_address(plan: &Plan, see: &mut dyn FnMut(&str, Span)) {
    let mut see_web = |address: &str, span: Span| {
        if address.starts_with("https://") || address.starts_with("http://") {
            see(address, span);
        }
    };
    for page in &plan.pages {
        each_reference(&page.body, &mut |reference| match reference {
            Reference::Link(link) => see_web(&link.target, link.target_span),
            Reference::Html(html) => {
                let links = html.attributes.iter().filter(|attribute| attribute.use_ == AttributeUse::Link);
                links.for_each(|link| see_web(&link.value, link.span));
            }
            Reference::Image(_) | Reference::Footnote(..) => {}
        });
        if page.kind == Kind::Plan {
            for map in ["channels", "contacts", "tools", "dependencies"] {
                for (_, record) in crate::plan::Fields::new(&plan.values).records(map) {
                    if let Some(url) = record.text("url") {
                        see_web(&url.value, url.span);
                    }
                }
            }
        }
    }
}
