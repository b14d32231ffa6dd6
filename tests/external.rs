//! Addresses of other sites, asked on this machine alone: `check --external`.

mod project;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use project::Project;

/// A site that has `/there`, wants to know who asks for `/private`, and has nothing else. Returns
/// its address, and what it was asked for.
fn site() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).expect("a request");
            let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
            let line = request.lines().next().unwrap_or_default().to_string();
            let status = match line.split(' ').nth(1) {
                Some("/there") => "200 OK",
                Some("/private") => "403 Forbidden",
                _ => "404 Not Found",
            };
            log.lock().expect("the log").push(line);
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (address, asked)
}

#[test]
fn addresses_are_asked_for_only_on_request_and_those_that_are_gone_are_told() {
    let (address, asked) = site();
    let project = Project::small();
    let page = format!(
        "# Page\n\n[there]({address}/there), [private]({address}/private),\n[gone]({address}/gone) and [again]({address}/gone).\n"
    );
    project.write("content/base/page.md", page);
    let ran = project.run(&["check"]);
    assert_eq!((ran.status, asked.lock().expect("the log").len()), (Some(0), 0), "{}", ran.stderr);

    let ran = project.run(&["check", "--external", "--deny", "external-link"]);
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    let found = ran.errors();
    assert_eq!(found.len(), 2, "the same address stands in two places: {found:?}");
    assert!(
        found.iter().all(|place| place.starts_with("external-link content/base/page.md:4:")),
        "{found:?}"
    );
    let asked = asked.lock().expect("the log");
    let gone = asked.iter().filter(|line| line.starts_with("HEAD /gone ")).count();
    assert_eq!(gone, 1, "each address is asked for once: {asked:?}");
}
