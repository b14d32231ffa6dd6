//! The server, asked over real connections.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Build, Message, Options, Server};

type Built = Result<Build, String>;

fn site(files: &[(&str, &str)]) -> Build {
    let file = |(path, text): &(&str, &str)| (path.to_string(), text.as_bytes().into());
    let output = files.iter().map(file).collect();
    Build {
        output,
        home: "index.html".into(),
        messages: Vec::new(),
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
    Server::start(&Options::default(), build, |_| ())
        .unwrap()
        .address()
}

fn connect(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut answer = Vec::new();
    connect(address, request).read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn get(address: SocketAddr, path: &str) -> String {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n"),
    )
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn events(address: SocketAddr) -> BufReader<TcpStream> {
    let request = format!("GET /_redbinder/events HTTP/1.1\r\nHost: {address}\r\n\r\n");
    BufReader::new(connect(address, &request))
}

/// The name of the next event, its data after a blank.
fn next(events: &mut BufReader<TcpStream>) -> String {
    let (mut name, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        assert_ne!(
            events.read_line(&mut line).unwrap(),
            0,
            "the connection ended"
        );
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
    assert!(
        page.ends_with(&format!("<title>Home</title>{tags}</HEAD><p>home")),
        "{page}"
    );
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
}

#[test]
fn without_a_first_page_the_home_is_shown() {
    let address = serve(|| {
        Ok(Build {
            home: "base/plan 1.html".into(),
            ..site(&[("base/plan 1.html", "")])
        })
    });
    let moved = get(address, "/");
    assert_eq!(status(&moved), "302");
    assert!(
        moved.contains("\r\nLocation: /base/plan%201.html\r\n"),
        "{moved}"
    );
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
    let hosts = [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:80",
        "10.0.0.1",
        "",
    ];
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
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
            "403",
        ),
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody",
            "405",
        ),
        (
            "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "400",
        ),
        ("GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        ("GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", "400"),
        ("\r\n\r\n", "400"),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: \u{fffd}\r\n\r\n",
            "200",
        ),
        (
            &format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n"),
            "431",
        ),
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
    let options = Options {
        port: first.port(),
        ..Options::default()
    };
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let log = move |line: &str| log.lock().unwrap().push(line.to_owned());
    let second = Server::start(&options, || Ok(small()), log)
        .unwrap()
        .address();
    assert_ne!(first.port(), second.port());
    assert!(second.ip().is_loopback());
    assert_eq!(status(&get(second, "/")), "200");
    let lines = lines.lock().unwrap();
    assert_eq!(lines[0], format!("port {} is taken", first.port()));
    assert_eq!(
        lines[1],
        format!("serving at http://{second}/ (Ctrl-C ends it)")
    );
    assert!(lines[2].starts_with("built in ") && lines[2].ends_with(" ms: no errors"));
}

/// A folder that is watched, a build that serves its `page`, and the server.
fn watched(ignore: &str) -> (tempfile::TempDir, SocketAddr, Arc<Mutex<Vec<String>>>) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("out")).unwrap();
    fs::write(root.path().join("page"), "one").unwrap();
    let folder: PathBuf = root.path().to_owned();
    let build = move || {
        let page = fs::read_to_string(folder.join("page")).map_err(|error| error.to_string())?;
        // A build that writes below what is watched must not start itself.
        fs::write(folder.join("out/log"), &page).map_err(|error| error.to_string())?;
        assert_ne!(page, "panic", "on purpose");
        let level = if page.contains("wrong") {
            "error"
        } else {
            "note"
        };
        let message = Message {
            level: level.into(),
            rule: "some-rule".into(),
            text: page.clone(),
            place: "page:1:1".into(),
            help: None,
        };
        let body = page.replace("wrong", "");
        Ok(Build {
            messages: vec![message],
            ..site(&[("index.html", &body)])
        })
    };
    let options = Options {
        watch: vec![root.path().to_owned(), root.path().join("missing")],
        ignore: vec![root.path().join(ignore)],
        ..Options::default()
    };
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let log = move |line: &str| log.lock().unwrap().push(line.to_owned());
    let server = Server::start(&options, build, log).unwrap();
    (root, server.address(), lines)
}

#[test]
fn a_saved_file_reloads_the_page() {
    let (root, address, lines) = watched("out");
    let page = root.path().join("page");
    let mut events = events(address);
    let hello = next(&mut events);
    let edition = hello.strip_prefix("hello ").unwrap();
    assert!(get(address, "/").contains(&format!("Server-Timing: redbinder;desc=\"{edition}\"")));

    fs::write(&page, "two").unwrap();
    let reload = next(&mut events);
    assert!(
        reload.starts_with("reload ") && !reload.ends_with(edition),
        "{reload}"
    );
    assert!(get(address, "/").contains("two"));

    // As editors save: a new file in the place of the old one.
    fs::write(root.path().join(".page.swp"), "twowrong").unwrap();
    fs::rename(root.path().join(".page.swp"), &page).unwrap();
    assert!(
        next(&mut events).starts_with("messages "),
        "the site itself is the same"
    );
    let messages = get(address, "/_redbinder/messages.json");
    let expected = r#"[{"level":"error","rule":"some-rule","text":"twowrong","place":"page:1:1","help":null}]"#;
    assert!(messages.ends_with(expected), "{messages}");
    assert!(messages.contains("application/json"));

    // One line for each of the three builds, none for what the builds wrote themselves.
    std::thread::sleep(Duration::from_millis(500));
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(
        lines[3].starts_with("rebuilt in ") && lines[3].ends_with(" ms: 1 error"),
        "{lines:?}"
    );
}

#[test]
fn a_failed_build_leaves_the_last_good_site() {
    let (root, address, lines) = watched("out");
    let mut events = events(address);
    next(&mut events);
    let page = root.path().join("page");
    let mut failed = |expected: &str| {
        assert!(next(&mut events).starts_with("messages "));
        let messages = get(address, "/_redbinder/messages.json");
        assert!(
            messages.contains(r#""level":"error","rule":"build-failed""#),
            "{messages}"
        );
        assert!(messages.contains(expected), "{messages}");
        assert!(get(address, "/").contains("one"));
    };
    fs::remove_file(&page).unwrap();
    failed("No such file");
    fs::write(&page, "panic").unwrap();
    failed("on purpose");
    fs::write(&page, "well").unwrap();
    assert!(next(&mut events).starts_with("reload "));
    assert!(get(address, "/").contains("well"));
    assert!(lines.lock().unwrap()[2].starts_with("not rebuilt: "));
}

#[test]
fn one_watched_file_is_seen_when_it_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("site.toml");
    fs::write(&file, "one").unwrap();
    let read = file.clone();
    let build = move || {
        Ok(site(&[(
            "index.html",
            &fs::read_to_string(&read).unwrap_or_default(),
        )]))
    };
    let options = Options {
        watch: vec![file.clone()],
        ..Options::default()
    };
    let address = Server::start(&options, build, |_| ()).unwrap().address();
    let mut events = events(address);
    next(&mut events);
    for text in ["two", "three"] {
        fs::write(root.path().join("other"), text).unwrap();
        fs::rename(root.path().join("other"), &file).unwrap();
        assert!(next(&mut events).starts_with("reload "));
        assert!(get(address, "/").contains(text));
    }
}

#[test]
fn before_anything_was_built_a_page_says_so() {
    let address = serve(|| Err("cannot read content: no such folder".into()));
    let page = get(address, "/");
    assert_eq!(status(&page), "503");
    assert!(page.contains("/_redbinder/overlay.js"));
    assert!(get(address, "/_redbinder/messages.json").contains("no such folder"));
}

#[test]
fn requests_wait_for_the_first_build() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let address = serve(move || {
        wait.recv()
            .map(|()| small())
            .map_err(|error| error.to_string())
    });
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
    let mut answer = String::new();
    let _ = TcpStream::connect(address)
        .unwrap()
        .read_to_string(&mut answer);
    assert_eq!(status(&answer), "503");
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
    assert!(
        room,
        "the connections of pages that were left are never given back"
    );
}
