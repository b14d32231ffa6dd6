//! Requests over real connections, and their answers.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Build, Failed, Options, Server, Site};
use crate::files::Output;

type Built = Result<Build, Failed>;

pub(super) fn site(files: &[(&str, &str)]) -> Build {
    let file = |(path, text): &(&str, &str)| (path.to_string(), text.as_bytes().into());
    let output: Output = files.iter().map(file).collect();
    let mut hash = DefaultHasher::new();
    output.hash(&mut hash);
    Build {
        site: Arc::new(output),
        fingerprint: hash.finish(),
        home: "index.html".into(),
        check: Box::new(|tell| tell(Vec::new())),
        watched: None,
    }
}

fn small() -> Build {
    site(&[
        ("index.html", "<head><title>Home</title></HEAD><p>home"),
        ("404.html", "<p>lost"),
        ("plan/index.html", "<p>plan"),
        ("a b/ü.css", "p{}"),
    ])
}

fn serve(build: impl FnMut() -> Built + Send + 'static) -> SocketAddr {
    Server::start(&Options::default(), build, |_| ()).unwrap().address()
}

fn connect(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut answer = Vec::new();
    connect(address, request).read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

pub(super) fn get(address: SocketAddr, path: &str) -> String {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n"))
}

pub(super) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

pub(super) fn events(address: SocketAddr) -> BufReader<TcpStream> {
    let request = format!("GET /_redbinder/events HTTP/1.1\r\nHost: {address}\r\n\r\n");
    BufReader::new(connect(address, &request))
}

/// The name of the next event, its data after a blank.
pub(super) fn next(events: &mut BufReader<TcpStream>) -> String {
    let (mut name, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        assert_ne!(events.read_line(&mut line).unwrap(), 0, "the connection ended");
        if let Some(text) = line.strip_prefix("event: ") {
            name = text.trim().to_owned();
        } else if let Some(data) = line.strip_prefix("data: ") {
            return format!("{name} {}", data.trim());
        }
    }
}

#[test]
fn a_page_comes_with_the_overlay_in_its_head() {
    let address = serve(|| Ok(small()));
    let page = get(address, "/?q=1");
    assert_eq!(status(&page), "200");
    for header in [
        "Content-Type: text/html; charset=utf-8",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    ] {
        assert!(page.contains(header), "{page}");
    }
    let tags = "<link rel=\"stylesheet\" href=\"/_redbinder/overlay.css\">\
                <script src=\"/_redbinder/overlay.js\" defer></script>";
    assert!(page.ends_with(&format!("<title>Home</title>{tags}</HEAD><p>home")), "{page}");
    assert!(get(address, "/plan/").ends_with(&format!("<p>plan{tags}")));
    assert!(get(address, "/_redbinder/overlay.js").contains("text/javascript"));
    assert!(get(address, "/_redbinder/overlay.css").contains("text/css"));
}

#[test]
fn paths_are_decoded_and_folders_redirect() {
    let address = serve(|| Ok(small()));
    assert!(get(address, "/a%20b/%C3%BC.css").ends_with("\r\n\r\np{}"));
    let moved = get(address, "/plan?a=b");
    assert_eq!(status(&moved), "301");
    assert!(moved.contains("\r\nLocation: /plan/?a=b\r\n"), "{moved}");
    assert_eq!(status(&get(address, "/plan?a=\nSet-Cookie:b")), "400");
}

#[test]
fn without_a_first_page_the_home_is_shown() {
    let address =
        serve(|| Ok(Build { home: "base/plan 1.html".into(), ..site(&[("base/plan 1.html", "")]) }));
    let moved = get(address, "/");
    assert_eq!(status(&moved), "302");
    assert!(moved.contains("\r\nLocation: /base/plan%201.html\r\n"), "{moved}");
}

#[test]
fn what_is_not_in_the_site_is_not_found() {
    let address = serve(|| Ok(small()));
    for path in [
        "/nothing",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "//plan",
        "/plan/index.html/",
        "/%00",
        "/_redbinder/",
    ] {
        let answer = get(address, path);
        assert_eq!(status(&answer), "404", "{path}");
        assert!(answer.contains("<p>lost"), "{path}");
    }
}

#[test]
fn bad_requests_are_refused() {
    let address = serve(|| Ok(small()));
    let hosts = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", ""];
    for host in hosts {
        let answer = ask(address, &format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(status(&answer), "403", "{host}");
        assert!(!answer.contains("home"));
    }
    for host in ["localhost", "LOCALHOST:1", "[::1]:80", "127.0.0.1"] {
        let answer = ask(address, &format!("GET / HTTP/1.1\r\nhost:{host}\r\n\r\n"));
        assert_eq!(status(&answer), "200", "{host}");
    }
    let long = "x".repeat(20_000);
    for (request, expected) in [
        ("GET / HTTP/1.1\r\n\r\n", "403"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "403"),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody", "405"),
        ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        ("GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        ("GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", "400"),
        ("\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: \u{fffd}\r\n\r\n", "200"),
        (&format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n"), "431"),
    ] {
        assert_eq!(status(&ask(address, request)), expected, "{request:.60}");
    }
}

#[test]
fn head_has_the_length_and_no_body() {
    let address = serve(|| Ok(small()));
    let request = format!("HEAD / HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let (head, page) = (ask(address, &request), get(address, "/"));
    let (headers, _) = page.split_once("\r\n\r\n").unwrap();
    assert_eq!(head, format!("{headers}\r\n\r\n"));
}

#[test]
fn a_taken_port_is_passed_over() {
    let first = serve(|| Ok(small()));
    let options = Options { port: first.port(), ..Options::default() };
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let log = move |line: &str| log.lock().unwrap().push(line.to_owned());
    let second = Server::start(&options, || Ok(small()), log).unwrap().address();
    assert_ne!(first.port(), second.port());
    assert!(second.ip().is_loopback());
    assert_eq!(status(&get(second, "/")), "200");
    let lines = lines.lock().unwrap();
    assert_eq!(lines[0], format!("port {} is taken", first.port()));
    assert_eq!(lines[1], format!("serving at http://{second}/ (Ctrl-C ends it)"));
    assert!(lines[2].starts_with("built in ") && lines[2].ends_with(" ms"));
}

#[test]
fn before_anything_was_built_a_page_says_so() {
    let address = serve(|| Err("cannot read content: no such folder".into()));
    let page = get(address, "/");
    assert_eq!(status(&page), "503");
    assert!(page.contains("/_redbinder/overlay.js"));
    assert!(get(address, "/_redbinder/messages.json").contains("no such folder"));
}

/// A site of which nothing can be made.
struct Broken;

impl Site for Broken {
    fn file(&self, _: &str) -> Option<Result<Arc<[u8]>, String>> {
        Some(Err("page.html:3:4: no <filter> is called `x`".into()))
    }
}

#[test]
fn a_page_that_cannot_be_made_says_why_and_reloads() {
    let address = serve(|| Ok(Build { site: Arc::new(Broken), ..small() }));
    let page = get(address, "/plan/");
    assert_eq!(status(&page), "500");
    assert!(page.contains("\r\nContent-Type: text/html; charset=utf-8\r\n"), "{page}");
    assert!(page.contains("<script src=\"/_redbinder/overlay.js\" defer>"), "{page}");
    assert!(page.contains("page.html:3:4: no &lt;filter&gt; is called `x`"), "{page}");
    assert!(page.contains("Server-Timing: redbinder"), "{page}");
    let style = get(address, "/style.css");
    assert_eq!(status(&style), "500");
    assert!(style.contains("text/plain") && style.ends_with("no <filter> is called `x`"), "{style}");
}

#[test]
fn a_quiet_server_says_only_what_is_wrong() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let log = move |line: &str| log.lock().unwrap().push(line.to_owned());
    let options = Options { quiet: true, ..Options::default() };
    let address = Server::start(&options, || Err("no such folder".into()), log).unwrap().address();
    assert_eq!(status(&get(address, "/")), "503");
    assert_eq!(*lines.lock().unwrap(), ["not built: no such folder"]);
}

#[test]
fn requests_wait_for_the_first_build() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let address = serve(move || Ok(wait.recv().map(|()| small())?));
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let mut early = connect(address, &request);
    assert_eq!(status(&get(address, "/_redbinder/overlay.js")), "200");
    go.send(()).unwrap();
    let mut answer = String::new();
    early.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), "200");
}

#[test]
fn too_many_connections_are_turned_away_and_left_pages_make_room() {
    let address = serve(|| Ok(small()));
    let open: Vec<_> = (0..super::CONNECTIONS)
        .map(|_| {
            let mut events = events(address);
            next(&mut events);
            events
        })
        .collect();
    // A connection that is closed with something unread is reset.
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nX: {}\r\n\r\n", "x".repeat(8_000));
    for _ in 0..20 {
        assert_eq!(status(&ask(address, &request)), "503");
    }
    drop(open);
    let room = (0..300).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        let stream = TcpStream::connect(address).and_then(|mut stream| {
            write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).map(|_| answer)
        });
        stream.is_ok_and(|answer| status(&answer) == "200")
    });
    assert!(room, "the connections of pages that were left are never given back");
}
