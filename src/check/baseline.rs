//! Known faults of an old plan: kept quiet by a file that names each, until each is mended.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{LOCKED, Rule, audience_leak, level};
use crate::config::Config;
use crate::diagnostic::fingerprint::Finding;
use crate::diagnostic::{Diagnostic, Level};
use crate::source::{SourceId, Sources, Span};

pub(super) const RULE: Rule = Rule {
    name: "mended-baseline",
    level: Level::Error,
    finds: "a line of the baseline whose fault is not there any more",
    explanation: "\
Why it matters
  The file given with `--baseline` names the faults that are known and kept quiet. A line that
  stays after its fault is mended would keep the same fault quiet when somebody makes it again.

What to do
  Take the line out; `--fix` does. A fault whose words or file changed is another fault: mend
  it, or name it anew with `--write-baseline`.
",
    // Known only when everything else was found: `apply` tells it.
    look: |_, _| {},
};

const HEAD: &str = "\
# Faults that `redbinder check --baseline` knows and keeps quiet about: one a line, in order.
# Mend them one by one; a mended one must leave this file.
";

/// The text of a baseline that knows these findings, but for those nothing may keep quiet.
pub fn write(findings: &[Finding], sources: &Sources) -> String {
    let known = findings.iter().filter(|finding| may_be_known(finding.diagnostic.rule));
    let lines: BTreeSet<String> = known.map(|finding| line(finding, sources)).collect();
    lines.iter().fold(HEAD.to_string(), |text, line| text + line + "\n")
}

/// Whether a baseline may keep a rule's findings quiet.
pub fn may_be_known(rule: &str) -> bool {
    !is_locked(rule) && rule != RULE.name
}

/// Whether a text is that of a baseline: each line names a fault, or is a remark.
pub fn is_one(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end);
    lines.all(|line| line.is_empty() || line.starts_with('#') || parts(line).is_some())
}

/// Whether a rule keeps an edition from showing what it must not.
fn is_locked(rule: &str) -> bool {
    LOCKED.contains(&rule) || rule == audience_leak::RULE.name
}

/// `broken-link content/base/plan.md: no page is called `x` [fingerprint]`
fn line(finding: &Finding, sources: &Sources) -> String {
    let diagnostic = &finding.diagnostic;
    let file = match diagnostic.span() {
        Some(span) => Some(&*sources.get(span.source).path),
        None => diagnostic.path.as_deref(),
    };
    let words = format!("{}: {}", file.unwrap_or("everywhere"), diagnostic.message);
    let words: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{} {words} [{}]", diagnostic.rule, finding.fingerprint())
}

/// A line of the file.
struct Entry<'t> {
    span: Span,
    rule: &'t str,
    /// The file and the message, for people
    words: &'t str,
}

/// Takes out of `findings` what the baseline at `source` knows, and adds what is wrong with the
/// baseline. Returns how many were taken out.
pub fn apply(
    findings: Vec<Finding>,
    source: SourceId,
    sources: &Sources,
    config: &Config,
) -> (Vec<Finding>, usize) {
    let (entries, mut complaints) = read(source, sources);
    let before = findings.len();
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut told = findings;
    told.retain(|finding| {
        let fingerprint = finding.fingerprint();
        let is_known = may_be_known(finding.diagnostic.rule) && entries.contains_key(fingerprint.as_str());
        if is_known {
            found.insert(fingerprint);
        }
        !is_known
    });
    let known = before - told.len();
    for (fingerprint, entry) in &entries {
        if !found.contains(*fingerprint) {
            complaints.extend(complaint(entry, config, sources));
        }
    }
    complaints.sort_by_key(Diagnostic::span);
    for complaint in &mut complaints {
        complaint.level = level(complaint, config).unwrap_or(RULE.level);
    }
    complaints.retain(|complaint| level(complaint, config).is_some());
    told.extend(Finding::all(complaints, sources));
    (told, known)
}

fn complaint(entry: &Entry, config: &Config, sources: &Sources) -> Option<Diagnostic> {
    let Entry { rule, words, .. } = entry;
    let whole_line = sources.whole_lines(entry.span);
    if is_locked(rule) {
        let diagnostic = Diagnostic::new(RULE.name, format!("no baseline keeps `{rule}` quiet"))
            .at(entry.span, "must be mended")
            .help("mend what it tells, and take the line out")
            .fix(whole_line, "");
        return Some(diagnostic);
    }
    // Of a rule that is switched off nothing was looked for.
    if config.rules.get(*rule).is_some_and(|level| level.value.is_none()) {
        return None;
    }
    let diagnostic = Diagnostic::new(RULE.name, format!("a known `{rule}` is not there any more: {words}"))
        .at(entry.span, "mended")
        .help("take the line out; `--fix` does")
        .fix(whole_line, "");
    Some(diagnostic)
}

/// The lines by fingerprint, and those that say nothing.
fn read(source: SourceId, sources: &Sources) -> (BTreeMap<&str, Entry<'_>>, Vec<Diagnostic>) {
    let mut entries = BTreeMap::new();
    let mut complaints = Vec::new();
    let mut start = 0;
    for line in sources.get(source).text.split_inclusive('\n') {
        let text = line.trim_end();
        let span = Span::new(source, start..start + text.len());
        start += line.len();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let Some((rule, words, fingerprint)) = parts(text) else {
            let diagnostic = Diagnostic::new(RULE.name, "this line of the baseline names no fault")
                .at(span, "a rule, a file, a message and a mark in brackets are expected")
                .help("take the line out, or write the file anew with `--write-baseline`");
            complaints.push(diagnostic);
            continue;
        };
        if entries.insert(fingerprint, Entry { span, rule, words }).is_some() {
            let diagnostic = Diagnostic::new(RULE.name, "the baseline names this fault twice")
                .at(span, "once is enough")
                .help("take the line out; `--fix` does")
                .fix(sources.whole_lines(span), "");
            complaints.push(diagnostic);
        }
    }
    (entries, complaints)
}

fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let (rule, rest) = line.split_once(' ')?;
    let (words, fingerprint) = rest.strip_suffix(']')?.rsplit_once(" [")?;
    let (likeness, number) = fingerprint.split_once(':')?;
    let is_mark = likeness.chars().all(|c| c.is_ascii_hexdigit()) && number.parse::<usize>().is_ok();
    is_mark.then_some((rule, words, fingerprint))
}
