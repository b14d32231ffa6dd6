//! What stands in a line of a page: text, links, pictures, marks of footnotes, and raw HTML.

use std::fmt::Write;

use crate::plan::Target;
use crate::render::html::{Tie, Writer};
use crate::render::{cards, escape_html};
use crate::syntax::html::{self, AttributeUse};
use crate::syntax::tree::{Note, plain_text};
use crate::syntax::{Image, Inline, Kind, Link};

impl<'w> Writer<'w> {
    pub(super) fn inlines(&mut self, content: &'w [Inline]) {
        for inline in content {
            self.inline(inline);
        }
    }

    pub(super) fn wrapped(&mut self, tag: &str, content: &'w [Inline]) {
        let _ = write!(self.html, "<{tag}>");
        self.inlines(content);
        let _ = write!(self.html, "</{tag}>");
    }

    fn inline(&mut self, inline: &'w Inline) {
        match inline {
            Inline::Text(_, words) => self.text(words),
            Inline::Code(_, words) => {
                self.html.push_str("<code>");
                self.text(words);
                self.html.push_str("</code>");
            }
            Inline::Emphasis(content) => self.wrapped("em", content),
            Inline::Strong(content) => self.wrapped("strong", content),
            Inline::Strikethrough(content) => self.wrapped("del", content),
            Inline::Link(link) => self.link(link),
            Inline::Image(image) => self.image(image),
            // Comments are for authors.
            Inline::Html(html) if html::comment(&html.text).is_some() => {}
            Inline::Html(html) => {
                if html.is_safe() {
                    self.raw(html);
                } else {
                    self.text(&html.text);
                }
            }
            Inline::SoftBreak => self.html.push('\n'),
            Inline::HardBreak => self.html.push_str("<br>\n"),
            Inline::FootnoteMark(span, label) => self.footnote_mark((span.source, label)),
        }
    }

    fn link(&mut self, link: &'w Link) {
        let target = self.around.target(&link.target);
        let class = match target {
            Some(Target::Record(Kind::Severity, index)) => {
                let rank = self.plan_rank(*index);
                format!("sev rank-{rank}")
            }
            Some(Target::Record(kind, _)) => format!("ref {}", kind.name()),
            Some(Target::Fact(scheme, _)) => format!("ref {scheme}"),
            Some(Target::Broken(_)) => "broken".into(),
            Some(Target::Elsewhere) => "elsewhere".into(),
            Some(Target::Page(..) | Target::File(_)) | None => String::new(),
        };
        let class = if class.is_empty() { class } else { format!(" class=\"{class}\"") };
        let title = if link.title.is_empty() {
            String::new()
        } else {
            format!(" title=\"{}\"", escape_html(&link.title))
        };
        let elsewhere = matches!(target, Some(Target::Elsewhere)).then(|| link.target.to_string());
        let href = self.href(&link.target).or(elsewhere).filter(|_| !self.inside_link);
        let tag = match href {
            Some(href) => {
                let _ = write!(self.html, "<a{class} href=\"");
                self.tie(Tie::Link, &escape_html(&href));
                let _ = write!(self.html, "\"{title}>");
                "a"
            }
            None => {
                let card = match target {
                    Some(Target::Fact(_, index)) => {
                        let fact = &self.around.plan.facts[*index];
                        format!(" data-card=\"{}\"", escape_html(&cards::key(fact)))
                    }
                    _ => String::new(),
                };
                let _ = write!(self.html, "<span{class}{title}{card}>");
                "span"
            }
        };
        let was_inside = std::mem::replace(&mut self.inside_link, true);
        if link.content.is_empty() {
            self.own_name(link);
        } else {
            self.inlines(&link.content);
        }
        self.inside_link = was_inside;
        let _ = write!(self.html, "</{tag}>");
    }

    fn plan_rank(&self, severity: usize) -> u32 {
        self.around.plan.severities[severity].rank.as_ref().map_or(1, |rank| rank.value.clamp(1, 5))
    }

    /// A thing's own name: with its short form the first time on a page, then the short form.
    fn own_name(&mut self, link: &'w Link) {
        let (title, short) = self.around.plan.link_names(self.around.page, link);
        let first = self.mentioned.insert(&link.target);
        match short {
            None => self.text(&title),
            Some(short) => {
                if first {
                    self.text(&title);
                    self.html.push_str(" (");
                }
                let _ = write!(
                    self.html,
                    "<abbr title=\"{}\">{}</abbr>",
                    escape_html(&title),
                    escape_html(&short)
                );
                if first {
                    self.html.push(')');
                }
            }
        }
    }

    fn image(&mut self, image: &'w Image) {
        let alternative = plain_text(&image.alternative);
        match self.href(&image.target) {
            Some(source) => {
                let (source, alternative) = (escape_html(&source), escape_html(&alternative));
                let image = format!("<img src=\"{source}\" alt=\"{alternative}\" loading=\"lazy\">");
                self.tie(Tie::Markup, &image);
            }
            // Nothing is fetched from elsewhere: the words stand for the picture.
            None => self.text(&alternative),
        }
    }

    fn footnote_mark(&mut self, note: Note<'w>) {
        if !self.note_texts.contains_key(&note) {
            let _ = write!(self.html, "[^{}]", escape_html(note.1));
            return;
        }
        let (number, again) = match self.note_numbers.get(&note) {
            Some(number) => (*number, true),
            None => {
                self.notes.push(note);
                self.note_numbers.insert(note, self.notes.len());
                (self.notes.len(), false)
            }
        };
        self.html.push_str("<sup><a href=\"");
        self.tie(Tie::Link, &format!("#_fn-{number}"));
        self.html.push('"');
        if !again {
            self.html.push_str(" id=\"");
            self.tie(Tie::Id, &format!("_fnref-{number}"));
            self.html.push('"');
        }
        let _ = write!(self.html, ">{number}</a></sup>");
    }

    pub(super) fn raw(&mut self, html: &html::Html) {
        if !html.is_safe() {
            self.html.push_str("<p class=\"refused\">");
            self.text(&html.text);
            self.html.push_str("</p>\n");
            return;
        }
        let rewritten = html::rewrite(html, &|use_, target| match use_ {
            AttributeUse::Link | AttributeUse::Media => self.href(target),
            AttributeUse::Id => None,
        });
        self.html.push_str(&rewritten);
        self.has_raw |= may_tie(html);
    }

    /// The address of what a target leads to; `None` where it is one already.
    fn href(&self, target: &str) -> Option<String> {
        let plan = self.around.plan;
        Some(match self.around.target(target)? {
            Target::Page(index, anchor) => {
                let page = &plan.pages[*index];
                let fragment = anchor.as_ref().map_or(String::new(), |anchor| format!("#{anchor}"));
                if page.path == self.around.page.path && !fragment.is_empty() {
                    fragment
                } else {
                    self.around.href(page) + &fragment
                }
            }
            Target::File(path) => self.around.href_of(path),
            Target::Record(kind, index) => self.around.record_href(&plan.records(*kind)[*index].page),
            Target::Fact(..) | Target::Elsewhere | Target::Broken(_) => return None,
        })
    }
}

/// Whether raw HTML may have something in it that ties the page to its place.
fn may_tie(html: &html::Html) -> bool {
    let text = html.text.to_ascii_lowercase();
    !html.attributes.is_empty() || text.contains("<h") || text.contains("</h")
}
