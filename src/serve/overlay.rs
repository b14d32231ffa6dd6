//! What the preview adds to a page: a script that reloads it, and a panel with what is wrong.

use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::http::security;
use super::{Message, Preview};

pub(super) const SCRIPT: &str = include_str!("overlay.js");
pub(super) const STYLE: &str = include_str!("overlay.css");

/// The page while no build has succeeded.
pub(super) const NO_SITE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>Not built</title></head>\
    <body><h1>Not built</h1><p>The site could not be built yet. This page reloads when it is.</p>\
    </body></html>";

/// The page in the place of one that cannot be made.
pub(super) fn not_made(reason: &str) -> String {
    let reason = html_escape::encode_text(reason);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Not made</title></head>\
         <body><h1>Not made</h1><p>{reason}</p><p>This page reloads when it can be made.</p></body></html>"
    )
}

// A page's Content-Security-Policy allows no inline script or style.
const TAGS: &[u8] = b"<link rel=\"stylesheet\" href=\"/_redbinder/overlay.css\">\
    <script src=\"/_redbinder/overlay.js\" defer></script>";

/// How a page that is whole by itself says what it may load: its own style, and nothing that the overlay is
/// made of.
const WHOLE: &str = "content=\"default-src 'none'; style-src 'sha256-";
/// The same with what the overlay needs.
const WHOLE_IN_PREVIEW: &str =
    "content=\"default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'sha256-";

/// Where a page says that, if it is whole by itself.
fn find_whole(page: &[u8]) -> Option<usize> {
    let head = &page[..page.len().min(1024)];
    head.windows(WHOLE.len()).position(|part| part == WHOLE.as_bytes())
}

/// The hash of the style sheet that stands in a page that is whole by itself.
pub(super) fn own_style(page: &[u8]) -> Option<String> {
    let hash = &page[find_whole(page)? + WHOLE.len()..];
    let end = hash.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"+/=".contains(byte)))?;
    Some(String::from_utf8_lossy(&hash[..end]).into_owned())
}

/// A page as the preview serves it: with the overlay, and with leave to have it.
pub(super) fn with_overlay(page: &[u8]) -> Vec<u8> {
    match find_whole(page) {
        Some(at) => {
            let rest = &page[at + WHOLE.len()..];
            insert(&[&page[..at], WHOLE_IN_PREVIEW.as_bytes(), rest].concat())
        }
        None => insert(page),
    }
}

/// `page` with the overlay's tags at the end of its head; at its own end if it has no head.
fn insert(page: &[u8]) -> Vec<u8> {
    let is_end = |seven: &[u8]| seven.eq_ignore_ascii_case(b"</head>");
    let end = page.windows(7).position(is_end).unwrap_or(page.len());
    [&page[..end], TAGS, &page[end..]].concat()
}

/// The messages as a JSON array of objects.
pub(super) fn messages(messages: &[Message]) -> Vec<u8> {
    serde_json::to_vec(messages).unwrap_or_else(|_| b"[]".to_vec())
}

const PING: Duration = Duration::from_secs(15);
/// How soon it is noticed that a page was left.
const LOOK: Duration = Duration::from_secs(1);

/// Sends server-sent events until the page is left: `hello` with the edition that is served,
/// `reload` with the edition when it changed, `messages` when they may have.
pub(super) fn events(mut stream: TcpStream, preview: &Preview) -> io::Result<()> {
    let state = preview.ready();
    let (mut editions, mut told) = (state.editions, state.told);
    let hello = preview.edition(&state);
    drop(state);
    let headers = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
                   Connection: close\r\n";
    let security = security(None);
    let first = format!("{headers}{security}\r\nretry: 1000\nevent: hello\ndata: {hello}\n\n");
    stream.write_all(first.as_bytes())?;
    stream.flush()?;
    stream.set_read_timeout(Some(Duration::from_millis(1)))?;

    let mut sent = Instant::now();
    loop {
        let same = |state: &mut super::State| state.editions == editions && state.told == told;
        let waited = preview.changed.wait_timeout_while(preview.lock(), LOOK, same);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let event = if state.editions != editions {
            format!("event: reload\ndata: {}\n\n", preview.edition(&state))
        } else if state.told != told {
            format!("event: messages\ndata: {}\n\n", state.told)
        } else if sent.elapsed() >= PING {
            ": ping\n\n".to_owned()
        } else {
            String::new()
        };
        (editions, told) = (state.editions, state.told);
        drop(state);
        if is_closed(&stream) {
            return Ok(());
        }
        if !event.is_empty() {
            stream.write_all(event.as_bytes())?;
            stream.flush()?;
            sent = Instant::now();
        }
    }
}

fn is_closed(stream: &TcpStream) -> bool {
    match stream.peek(&mut [0]) {
        Ok(length) => length == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}
