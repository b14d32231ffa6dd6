//! The feed of a plan's changes (Atom, RFC 4287), from its document control.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::plan::Plan;
use crate::render::address::{in_folder, relative};
use crate::render::press::Press;
use crate::render::{GENERATOR, Rendered, bytes, escape_html};

/// The feed's file in the folder of a variant.
pub const FEED: &str = "changes.xml";

/// Whether a plan tells what changed, and when.
pub fn has_feed(plan: &Plan) -> bool {
    plan.document.changes.iter().any(|change| is_day(&change.on))
}

/// The feed of a variant's changes, the latest first; `None` where it tells of none.
pub(super) fn feed(press: &Press, plan: &Plan) -> Option<Rendered> {
    let changes: Vec<_> = plan.document.changes.iter().filter(|change| is_day(&change.on)).collect();
    let updated = &changes.first()?.on;
    let own = format!("{}/{FEED}", press.folder(plan));
    let absolute = |to: &str| match &press.config.base_url {
        Some(base) => format!("{base}/{}", relative("", to)),
        None => relative(&own, to),
    };
    let home = absolute(&in_folder(press.edition_folder, &format!("{}/index.html", plan.name)));
    let title = format!("{} · {}", plan.title, press.config.title);
    let name = match plan.document.id.as_str() {
        "" => format!("{} {}", press.config.title, plan.name),
        id => format!("{id} {}", plan.name),
    };
    let (language, _) = press.language(plan);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <title>Changes to {}</title>\n<id>{}</id>\n<updated>{updated}T00:00:00Z</updated>\n\
         <link rel=\"self\" href=\"{}\"/>\n<link rel=\"alternate\" href=\"{}\"/>\n\
         <author><name>{}</name></author>\n<generator>{GENERATOR}</generator>\n",
        escape(language),
        escape(&title),
        uuid(&format!("{name} {}", plan.edition.name())),
        escape(&absolute(&own)),
        escape(&home),
        escape(if plan.organization.is_empty() { &plan.title } else { &plan.organization }),
    );
    for change in changes {
        let _ = write!(
            text,
            "<entry>\n<title>Version {version}</title>\n<id>{}</id>\n<updated>{}T00:00:00Z</updated>\n\
             <link rel=\"alternate\" href=\"{}\"/>\n<content type=\"text\">{}</content>\n</entry>\n",
            uuid(&format!("{name} {}", change.version.value)),
            change.on,
            escape(&home),
            escape(&change.what),
            version = escape(&change.version.value),
        );
    }
    text += "</feed>\n";
    Some((own, bytes(text)))
}

fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok_and(|day| day.to_string() == text)
}

/// A name that is nobody else's and stays when the site moves: a UUID from a hash (RFC 9562, version 8).
fn uuid(name: &str) -> String {
    let mut bytes: [u8; 16] = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

/// Text in XML, which has no place for most control characters.
fn escape(text: &str) -> String {
    escape_html(&text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), " "))
}
