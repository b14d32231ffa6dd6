//! Code with its parts marked: the first line names the language.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redbinder::render::highlight::highlight;

fuzz_target!(|data: &[u8]| {
    let text = redbinder_fuzz::text(data);
    let (language, code) = text.split_once('\n').unwrap_or(("", &text));
    let marked = highlight(language, code);
    assert_eq!(marked, highlight(language, code), "what is kept of the lines changes nothing");
    assert_eq!(words(&marked), code, "the words are those of the code");
});

/// The text of HTML that has no elements but `span`.
fn words(html: &str) -> String {
    let mut words = String::new();
    for (at, part) in html.split('<').enumerate() {
        let text = if at == 0 { part } else { part.split_once('>').expect("a tag ends").1 };
        words.push_str(text);
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .into_iter()
        .fold(words, |words, (name, sign)| words.replace(name, sign))
}
