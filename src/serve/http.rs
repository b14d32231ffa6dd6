//! One request and its answer: GET and HEAD, one connection each, from memory.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Site;
use super::{Preview, overlay};
use crate::render::headers::{self, SECURITY};
use crate::syntax::escape::push_percent_encoded;
use crate::syntax::picture;

/// How long a read or a write may stand still.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much a request may be, in bytes.
const REQUEST: usize = 16 * 1024;

const NOT_MADE: &str = "500 Internal Server Error";

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

struct Response<'a> {
    status: &'static str,
    kind: &'static str,
    location: Option<String>,
    /// The hash of the style sheet that stands in the page
    sheet: Option<String>,
    body: Cow<'a, [u8]>,
}

impl<'a> Response<'a> {
    fn new(status: &'static str, kind: &'static str, body: impl Into<Cow<'a, [u8]>>) -> Self {
        Response { status, kind, location: None, sheet: None, body: body.into() }
    }

    /// A short text that says only what the status is.
    fn plain(status: &'static str) -> Self {
        Response::new(status, TEXT, status.as_bytes())
    }

    fn redirect(status: &'static str, location: String) -> Self {
        Response { location: Some(location), ..Response::plain(status) }
    }
}

/// Tells a client that there are too many of them.
pub(super) fn refuse(mut stream: TcpStream) -> io::Result<()> {
    stream.set_write_timeout(Some(Duration::from_millis(100)))?;
    send(&mut stream, false, "", &Response::plain("503 Service Unavailable"))?;
    drain(&mut stream)
}

/// Reads a request from `stream` and answers it. An error means that the client is gone.
pub(super) fn answer(mut stream: TcpStream, preview: &Preview) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let text = read(&mut stream)?.ok_or("431 Request Header Fields Too Large");
    let request = match text.and_then(|text| Request::parse(&text)) {
        Ok(request) => request,
        Err(status) => {
            send(&mut stream, false, "", &Response::plain(status))?;
            return drain(&mut stream);
        }
    };
    let own = |kind, text: &'static str| Response::new("200 OK", mime(kind), text.as_bytes());
    let own = match request.path.as_str() {
        "/_redbinder/events" if !request.head => return overlay::events(stream, preview),
        "/_redbinder/overlay.js" => Some(own("js", overlay::SCRIPT)),
        "/_redbinder/overlay.css" => Some(own("css", overlay::STYLE)),
        "/_redbinder/messages.json" => {
            let json = overlay::messages(&preview.ready().messages);
            Some(Response::new("200 OK", mime("json"), json))
        }
        _ => None,
    };
    if let Some(response) = own {
        return send(&mut stream, request.head, "", &response);
    }
    let state = preview.ready();
    let (site, home) = (state.site.clone(), state.home.clone());
    let edition = preview.edition(&state);
    // Nobody waits for a slow client.
    drop(state);
    let mut response = match &site {
        Some(site) => page(&**site, &home, &request),
        None => Response::new("503 Service Unavailable", HTML, overlay::NO_SITE.as_bytes()),
    };
    if response.kind == HTML {
        response.sheet = overlay::own_style(&response.body);
        response.body = overlay::with_overlay(&response.body).into();
    }
    send(&mut stream, request.head, &edition, &response)
}

fn page(site: &dyn Site, home: &str, request: &Request) -> Response<'static> {
    let path = &request.path[1..];
    let index = format!("{path}index.html");
    let is_folder = path.is_empty() || path.ends_with('/');
    let file = if is_folder { &index } else { path };
    let made = |status, kind, made: Result<Arc<[u8]>, String>| match made {
        Ok(bytes) => Response::new(status, kind, bytes.to_vec()),
        Err(text) if kind == HTML => Response::new(NOT_MADE, HTML, overlay::not_made(&text).into_bytes()),
        Err(text) => Response::new(NOT_MADE, TEXT, text.into_bytes()),
    };
    if let Some(found) = site.file(file) {
        return made("200 OK", mime_of(file), found);
    }
    if path.is_empty() && site.file(home).is_some() {
        return Response::redirect("302 Found", format!("/{}", percent_encode(home)));
    }
    // No path of a site begins with `/`, so this never leads to another host.
    if !is_folder && site.file(&format!("{path}/index.html")).is_some() {
        let location = format!("{}/{}", request.raw_path, request.query);
        return Response::redirect("301 Moved Permanently", location);
    }
    match site.file("404.html") {
        Some(found) => made("404 Not Found", HTML, found),
        None => Response::plain("404 Not Found"),
    }
}

/// What is asked for.
#[derive(Debug)]
struct Request {
    head: bool,
    /// Decoded. Begins with `/`.
    path: String,
    /// As it was sent, without the query.
    raw_path: String,
    /// Empty, or from `?` on.
    query: String,
}

impl Request {
    /// Err with the status to answer with.
    fn parse(text: &[u8]) -> Result<Request, &'static str> {
        let text = str::from_utf8(text).map_err(|_| "400 Bad Request")?;
        let mut lines = text.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err("400 Bad Request");
        };
        let headers = lines.filter_map(|line| line.split_once(':'));
        let mut hosts = headers.filter(|(name, _)| name.eq_ignore_ascii_case("host"));
        // A page of another site can have its name point at this machine; its requests then carry
        // that name, and it would read what is previewed here.
        if !matches!((hosts.next(), hosts.next()), (Some((_, host)), None) if is_local(host.trim())) {
            return Err("403 Forbidden");
        }
        if method != "GET" && method != "HEAD" {
            return Err("405 Method Not Allowed");
        }
        let is_plain = !target.contains(char::is_control);
        if !version.starts_with("HTTP/1.") || !target.starts_with('/') || !is_plain {
            return Err("400 Bad Request");
        }
        let (raw_path, query) = target.split_at(target.find(['?', '#']).unwrap_or(target.len()));
        let path = percent_decode(raw_path).ok_or("400 Bad Request")?;
        let [raw_path, query] = [raw_path, query].map(str::to_owned);
        Ok(Request { head: method == "HEAD", path, raw_path, query })
    }
}

fn is_local(host: &str) -> bool {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| name.eq_ignore_ascii_case(local))
}

/// Reads up to the empty line. None if it is too long.
fn read(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let start = Instant::now();
    let (mut text, mut part) = (Vec::new(), [0; 2048]);
    loop {
        let length = stream.read(&mut part)?;
        // The empty line may begin in the part before.
        let from = text.len().saturating_sub(3);
        text.extend_from_slice(&part[..length]);
        if let Some(end) = text[from..].windows(4).position(|four| four == b"\r\n\r\n") {
            text.truncate(from + end);
            return Ok(Some(text));
        }
        if text.len() > REQUEST {
            return Ok(None);
        }
        if length == 0 || start.elapsed() > PATIENCE {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
}

/// The headers of what is published. `sheet` is the hash of the style sheet that stands in a page.
pub(super) fn security(sheet: Option<&str>) -> String {
    match sheet {
        Some(sheet) => headers::security(sheet).iter().map(header).collect(),
        None => SECURITY.iter().map(header).collect(),
    }
}

fn header((name, value): &(&str, impl fmt::Display)) -> String {
    format!("{name}: {value}\r\n")
}

fn send(stream: &mut TcpStream, head: bool, edition: &str, response: &Response) -> io::Result<()> {
    let mut lines = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Connection: close\r\n",
        response.status,
        response.kind,
        response.body.len()
    );
    // What is shown here runs under the same rules as what is published. Only a page that is whole by itself
    // may have a style in it.
    lines += &security(response.sheet.as_deref());
    if let Some(location) = &response.location {
        let _ = write!(lines, "Location: {location}\r\n");
    }
    if response.status.starts_with("405") {
        lines.push_str("Allow: GET, HEAD\r\n");
    }
    if !edition.is_empty() {
        // The one header that a page's own script can read.
        let _ = write!(lines, "Server-Timing: redbinder;desc=\"{edition}\"\r\n");
    }
    lines.push_str("\r\n");
    stream.write_all(lines.as_bytes())?;
    if !head {
        stream.write_all(&response.body)?;
    }
    stream.flush()
}

/// How long what a client still sends is read, and how long it may stand still meanwhile.
const REST: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(200);

/// Reads on for a moment: a connection that is closed with something unread is reset, and the
/// client may lose the answer.
fn drain(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(PAUSE))?;
    let (start, mut part) = (Instant::now(), [0; 2048]);
    while start.elapsed() < REST && stream.read(&mut part)? > 0 {}
    Ok(())
}

/// None if an escape is broken or the result is not UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?].map(|digit| char::from(digit).to_digit(16));
            u8::try_from(digits[0]? * 16 + digits[1]?).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

/// Escapes all but letters, digits and `/._~-`.
pub(super) fn percent_encode(path: &str) -> String {
    let mut encoded = String::new();
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"/._~-".contains(&byte);
    push_percent_encoded(&mut encoded, path, is_kept);
    encoded
}

fn mime_of(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let other = || mime(name.rsplit_once('.').map_or("", |(_, extension)| extension));
    picture::media_type(name).unwrap_or_else(other)
}

fn mime(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "txt" | "md" | "yaml" | "yml" | "toml" => TEXT,
        _ => "application/octet-stream",
    }
}
