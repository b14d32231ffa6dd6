//! `unsafe-html`: raw HTML that could run, load or frame something.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::PlanFaultKind;
use crate::plan::reference::Problem;
use crate::syntax::FaultKind;
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "unsafe-html",
    level: Level::Error,
    finds: "scripts, event handlers, `javascript:` addresses, frames, images from other servers",
    explanation: "\
Why it matters
  The binder is read when something is being attacked. A page that loads or runs something
  from elsewhere can be turned against its readers, tells others who is reading it, and does
  not work with the network down. Every page forbids it to the browser as well.

What to do
  Leave it out, or write it in markdown. Copy images into the layer's folder.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic = match &fault.kind {
            TailorFaultKind::Syntax(FaultKind::UnsafeHtml(what)) => {
                Diagnostic::new(RULE.name, format!("a page must not contain {what}"))
                    .at(fault.span, "refused")
                    .help("write it in markdown, or leave it out")
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
    for (reader, fault) in binder.plan_faults() {
        let diagnostic = match &fault.kind {
            PlanFaultKind::RemoteImage(address) => {
                Diagnostic::new(RULE.name, format!("the image `{address}` is on another server"))
                    .at(fault.span, "not there when the network is down")
                    .help("copy the image into the layer's folder and link it from there")
            }
            PlanFaultKind::BrokenLink(target, Problem::Script) => {
                Diagnostic::new(RULE.name, format!("a page must not contain the address `{target}`"))
                    .at(fault.span, "runs something")
                    .help("link to a page or a web address")
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
}
