//! Files that change, and what open pages are told.

use std::fs;
use std::io::BufReader;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::tests::{events, get, next, site};
use super::{Build, Message, Options, Server, Watched};

/// The next event that is a reload; messages come when they are known.
fn next_reload(events: &mut BufReader<TcpStream>) -> String {
    loop {
        let event = next(events);
        if event.starts_with("reload ") {
            return event;
        }
        assert!(event.starts_with("messages "), "{event}");
    }
}

/// A folder that is watched, a build that serves its `page`, and the server.
fn watched(ignore: &str) -> (tempfile::TempDir, SocketAddr, Arc<Mutex<Vec<String>>>) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("out")).unwrap();
    fs::write(root.path().join("page"), "one").unwrap();
    let folder: PathBuf = root.path().to_owned();
    let build = move || {
        let page = fs::read_to_string(folder.join("page"))?;
        // A build that writes below what is watched must not start itself.
        fs::write(folder.join("out/log"), &page)?;
        assert_ne!(page, "panic", "on purpose");
        let level = if page.contains("wrong") { "error" } else { "note" };
        let message = Message {
            level: level.into(),
            rule: "some-rule".into(),
            text: page.clone(),
            place: "page:1:1".into(),
            help: None,
        };
        let body = page.replace("wrong", "");
        Ok(Build { check: Box::new(|tell| tell(vec![message])), ..site(&[("index.html", &body)]) })
    };
    let watched = Watched {
        watch: vec![root.path().to_owned(), root.path().join("missing")],
        ignore: vec![root.path().join(ignore)],
        ..Watched::default()
    };
    let options = Options { watched, ..Options::default() };
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
    let reload = next_reload(&mut events);
    assert!(!reload.ends_with(edition), "{reload}");
    assert!(get(address, "/").contains("two"));

    // As editors save: a new file in the place of the old one.
    fs::write(root.path().join(".page.swp"), "twowrong").unwrap();
    fs::rename(root.path().join(".page.swp"), &page).unwrap();
    let expected =
        r#"[{"level":"error","rule":"some-rule","text":"twowrong","place":"page:1:1","help":null}]"#;
    while !get(address, "/_redbinder/messages.json").ends_with(expected) {
        assert!(next(&mut events).starts_with("messages "), "the site itself is the same");
    }
    assert!(get(address, "/_redbinder/messages.json").contains("application/json"));

    // One line for each of the three builds, none for what the builds wrote themselves.
    std::thread::sleep(Duration::from_millis(500));
    let lines = lines.lock().unwrap();
    assert_eq!(lines.iter().filter(|line| line.contains("built in ")).count(), 3, "{lines:?}");
    let last = &lines[lines.len() - 1];
    assert!(last.starts_with("checked in ") && last.ends_with(" ms: 1 error"), "{lines:?}");
}

#[test]
fn a_failed_build_leaves_the_last_good_site() {
    let (root, address, lines) = watched("out");
    let mut events = events(address);
    next(&mut events);
    let page = root.path().join("page");
    let mut failed = |expected: &str| {
        while !get(address, "/_redbinder/messages.json").contains(expected) {
            assert!(next(&mut events).starts_with("messages "));
        }
        let messages = get(address, "/_redbinder/messages.json");
        assert!(messages.contains(r#""level":"error","rule":"build-failed""#), "{messages}");
        assert!(get(address, "/").contains("one"));
    };
    fs::remove_file(&page).unwrap();
    failed("No such file");
    fs::write(&page, "panic").unwrap();
    failed("on purpose");
    fs::write(&page, "well").unwrap();
    next_reload(&mut events);
    assert!(get(address, "/").contains("well"));
    assert!(lines.lock().unwrap().iter().any(|line| line.starts_with("not rebuilt: ")));
}

#[test]
fn one_watched_file_is_seen_when_it_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("site.toml");
    fs::write(&file, "one").unwrap();
    let read = file.clone();
    let build = move || Ok(site(&[("index.html", &fs::read_to_string(&read).unwrap_or_default())]));
    let watched = Watched { watch: vec![file.clone()], ..Watched::default() };
    let options = Options { watched, ..Options::default() };
    let address = Server::start(&options, build, |_| ()).unwrap().address();
    let mut events = events(address);
    next(&mut events);
    for text in ["two", "three"] {
        fs::write(root.path().join("other"), text).unwrap();
        fs::rename(root.path().join("other"), &file).unwrap();
        next_reload(&mut events);
        assert!(get(address, "/").contains(text));
    }
}

#[test]
fn what_is_built_from_later_is_watched_from_then_on() {
    let root = tempfile::tempdir().unwrap();
    let (first, later) = (root.path().join("project/first"), root.path().join("later"));
    fs::create_dir_all(first.parent().unwrap()).unwrap();
    fs::create_dir(&later).unwrap();
    fs::write(&first, "one").unwrap();
    let text = |path: &std::path::Path| fs::read_to_string(path).unwrap_or_else(|_| "nothing".into());
    let (own, other) = (first.clone(), later.join("file"));
    let build = move || {
        let watched = Watched { watch: vec![own.clone(), other.clone()], ..Watched::default() };
        let body = format!("{} {}", text(&own), text(&other));
        Ok(Build { watched: Some(watched), ..site(&[("index.html", &body)]) })
    };
    let watched = Watched { watch: vec![first.clone()], ..Watched::default() };
    let options = Options { watched, ..Options::default() };
    let address = Server::start(&options, build, |_| ()).unwrap().address();
    let shows = |text: &str| {
        let seen = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(25));
            get(address, "/").contains(text)
        });
        assert!(seen, "{text}");
    };
    shows("one nothing");
    // Made after it began, in a folder that only the build names.
    fs::write(later.join("file"), "two").unwrap();
    shows("one two");
    // The folder of the project is another one.
    fs::remove_dir_all(first.parent().unwrap()).unwrap();
    shows("nothing two");
    fs::create_dir(first.parent().unwrap()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    fs::write(&first, "three").unwrap();
    shows("three two");
    fs::write(&first, "four").unwrap();
    shows("four two");
}
