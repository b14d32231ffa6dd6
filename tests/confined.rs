//! It stays where it is put: nothing outside the project is read, nothing outside the output is
//! written, and the preview answers this machine alone.

mod project;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use project::{Preview, Project, run};

const SECRET: &str = "Kestrel stands where no project is.";

/// A folder with a secret, which no project may read.
fn elsewhere() -> Project {
    let project = Project::empty();
    for name in ["secret.md", "secret.html", "secret.png", "secret.txt"] {
        project.write(name, SECRET);
    }
    project
}

/// Runs a command and says whether its words or what it built have the secret.
fn assert_unread(project: &Project, args: &[&str], what: &str) -> project::Ran {
    let ran = project.run(args);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("Kestrel"), "{what}: {said}");
    for (path, bytes) in project.tree("public") {
        assert!(!String::from_utf8_lossy(&bytes).contains("Kestrel"), "{what}: it is in {path}");
    }
    ran
}

#[test]
fn templates_read_no_file_and_no_environment() {
    let elsewhere = elsewhere();
    let secret = elsewhere.path("secret.txt").to_string_lossy().into_owned();
    let tries = [
        format!("{{% include \"{secret}\" %}}"),
        format!("{{% include [\"{secret}\"] %}}"),
        format!("{{% import \"{secret}\" as it %}}{{{{ it }}}}"),
        format!("{{% from \"{secret}\" import it %}}{{{{ it }}}}"),
        format!("{{% extends \"{secret}\" %}}"),
        "{% include \"../secret.txt\" %}".into(),
        "{% include \"site.toml\" %}".into(),
        format!("{{{{ read_file(\"{secret}\") }}}}"),
        format!("{{{{ \"{secret}\" | read }}}}"),
        "{{ env(\"KESTREL\") }}".into(),
        "{{ environ.KESTREL }}".into(),
        "{{ debug() }}".into(),
        "{{ self }}".into(),
        "{{ ''.__class__.__mro__ }}".into(),
    ];
    for text in &tries {
        let project = Project::small();
        project.write("secret.txt", SECRET);
        project.write("content/base/page.md", format!("# Page\n\n{text}\n"));
        let mut command = project.command(&["build"]);
        let ran = run(command.env("KESTREL", SECRET));
        ran.assert_orderly();
        assert_eq!(ran.status, Some(1), "{text}: {}{}", ran.stdout, ran.stderr);
        assert!(!ran.stderr.contains(SECRET), "{text}: {}", ran.stderr);
        assert!(!project.path("public").exists());

        // A theme has templates of its own, and they read no more.
        let project = Project::small();
        project.write("secret.txt", SECRET);
        project.write("site.toml", "theme = \"theme\"\n");
        project.write("theme/templates/switcher.html", text);
        let mut command = project.command(&["build"]);
        let ran = run(command.env("KESTREL", SECRET));
        ran.assert_orderly();
        assert!(!ran.stderr.contains(SECRET), "{text}: {}", ran.stderr);
        let site = project.tree("public");
        assert!(site.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("Kestrel")), "{text}");
    }
}

#[test]
fn pages_take_no_file_in_from_elsewhere() {
    let elsewhere = elsewhere();
    let secret = |name: &str| elsewhere.path(name).to_string_lossy().into_owned();
    for target in [
        secret("secret.png"),
        format!("file://{}", secret("secret.png")),
        "../../../../../../etc/hostname".into(),
        "../../secret.txt".into(),
        "..%2f..%2fsecret.txt".into(),
        "..\\..\\secret.txt".into(),
    ] {
        for text in [
            format!("![it](<{target}>)"),
            format!("[it](<{target}>)"),
            format!("<img src=\"{target}\" alt=\"it\">"),
            format!("<a href=\"{target}\">it</a>"),
        ] {
            let project = Project::small();
            project.write("secret.txt", SECRET);
            project.write("content/base/page.md", format!("# Page\n\n{text}\n"));
            let ran = assert_unread(&project, &["build"], &text);
            // An address of this machine is none of a site; whether it is told as such or as broken.
            assert_eq!(ran.status, Some(1), "{text}: {}", ran.stdout);
        }
    }
}

#[cfg(unix)]
#[test]
fn links_in_a_theme_or_beside_a_plan_lead_nowhere_else() {
    use std::os::unix::fs::symlink;
    let elsewhere = elsewhere();
    let places = [
        ("theme/static/extra.txt", "secret.txt"),
        ("theme/templates/switcher.html", "secret.html"),
        ("theme/static/more", ""),
        ("theme", ""),
        ("content/base/picture.png", "secret.png"),
        ("content/base/tailoring.lock", "secret.txt"),
        ("content/more", ""),
        ("known.txt", "secret.txt"),
    ];
    for (place, target) in places {
        let project = Project::small();
        project.write("site.toml", "theme = \"theme\"\n");
        if place != "theme" {
            project.write("theme/static/a.txt", "a");
            project.write("theme/templates/none.txt", "a");
        }
        symlink(elsewhere.path(target), project.path(place)).expect("a new link");
        let args = if place == "known.txt" { &["check", "--baseline", "known.txt"][..] } else { &["build"] };
        let ran = assert_unread(&project, args, place);
        assert_ne!(ran.status, Some(0), "{place} {args:?}: {}", ran.stdout);
    }
}

#[test]
fn paths_of_commands_stay_in_the_project_where_it_is_about_its_files() {
    let elsewhere = elsewhere();
    let secret = elsewhere.path("secret.txt").to_string_lossy().into_owned();
    let before = elsewhere.tree("");
    let project = Project::small();
    project.write("known.txt", "");
    for path in [secret.as_str(), "../secret.txt", "content/../../secret.txt"] {
        for args in [
            &["check", "--baseline", path][..],
            &["check", "--baseline", path, "--write-baseline"],
            &["build", "--baseline", path],
        ] {
            let ran = assert_unread(&project, args, path);
            assert_eq!(ran.status, Some(2), "{args:?}: {}", ran.stdout);
        }
    }
    for name in ["../agency", "/tmp/agency", "a/b", ".."] {
        assert_eq!(project.run(&["new", name, "--extends", "base"]).status, Some(2), "{name}");
    }
    project::assert_same(&elsewhere.tree(""), &before, "what lies elsewhere");
}

/// What a run of the program asked the system for: the calls that did not fail, one a line; None,
/// with the reason printed, where that cannot be seen.
fn calls(project: &Project, args: &[&str]) -> Option<Vec<String>> {
    let trace = tempfile::NamedTempFile::new().expect("a file");
    let program = project.command(args);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-s", "4096", "-e", "trace=%file,%network,execve", "-o"]).arg(trace.path());
    command.arg(program.get_program()).args(program.get_args()).stdin(Stdio::null());
    // Where whoever runs the tests has libraries is their affair.
    command.stdout(Stdio::null()).stderr(Stdio::null()).env_remove("LD_LIBRARY_PATH");
    match command.status() {
        Ok(status)
            if status.code() != Some(1) || fs::metadata(trace.path()).is_ok_and(|it| it.len() > 1000) => {}
        answer => {
            println!("skipped: what the program asks for cannot be seen here ({answer:?})");
            return None;
        }
    }
    let text = fs::read_to_string(trace.path()).expect("what was seen");
    let failed = |line: &&str| line.contains(" = -1 ") || !line.contains('(');
    Some(text.lines().filter(|line| !failed(line)).map(str::to_string).collect())
}

/// The absolute paths in a call.
fn paths(call: &str) -> impl Iterator<Item = &Path> {
    call.split('"').skip(1).step_by(2).filter(|path| path.starts_with('/')).map(Path::new)
}

#[cfg(target_os = "linux")]
#[test]
fn a_build_opens_the_project_alone_and_writes_its_output_alone() {
    let project = Project::of_repository();
    let root = project.path("").canonicalize().expect("a folder");
    let Some(calls) = calls(&project, &["build"]) else { return };
    // The program itself, and what the system reads to start one and to count its processors.
    let system = [
        "/lib",
        "/usr/lib",
        "/lib64",
        "/etc/ld.so",
        "/proc",
        "/sys",
        "/dev/null",
        "/dev/tty",
        "/usr/share/locale",
    ];
    let own = Path::new(env!("CARGO_BIN_EXE_redbinder"));
    let changes = ["O_WRONLY", "O_RDWR", "O_CREAT", "rename", "mkdir", "unlink", "link", "chmod", "truncate"];
    let outputs = ["public", ".public.redbinder-building", ".public.redbinder-old", ".public.redbinder-lock"];
    let (mut read, mut written) = (BTreeSet::new(), BTreeSet::new());
    for call in &calls {
        let changes = changes.iter().any(|change| call.contains(change));
        for path in paths(call) {
            let below = path.strip_prefix(&root).ok();
            if changes {
                let first = below.and_then(|below| below.components().next());
                let first = first.map(|first| first.as_os_str().to_string_lossy().into_owned());
                let is_output = first.is_some_and(|first| outputs.contains(&first.as_str()));
                assert!(is_output || path == Path::new("/dev/null"), "it changes {}: {call}", path.display());
                written.insert(path);
            } else {
                let is_above =
                    call.contains("readlink") || call.contains("lstat") || call.contains("NOFOLLOW");
                let is_ours = below.is_some() || path == own || (is_above && root.starts_with(path));
                let is_system = system
                    .iter()
                    .any(|start| path.starts_with(start) || path.to_string_lossy().starts_with(start));
                // Whether git could be asked is found by looking for it.
                assert!(is_ours || is_system, "it opens {}: {call}", path.display());
                read.insert(path);
            }
        }
        for network in ["socket(", "connect(", "bind(", "sendto("] {
            assert!(!call.contains(network), "it reaches for the network: {call}");
        }
    }
    assert!(read.len() > 100 && written.len() > 20, "{} read, {} written", read.len(), written.len());
    let runs = calls.iter().filter(|call| call.contains("execve("));
    assert_eq!(runs.count(), 1, "it runs no other program");
}

#[test]
fn the_preview_answers_with_the_headers_of_the_published_site() {
    let project = Project::small();
    let site = project.build();
    let published = String::from_utf8_lossy(&site["_headers"]).into_owned();
    let everywhere = published
        .lines()
        .skip_while(|line| *line != "/*")
        .skip(1)
        .take_while(|line| line.starts_with([' ', '#']));
    let headers: Vec<&str> = everywhere.filter(|line| line.starts_with(' ')).map(str::trim).collect();
    assert!(headers.len() >= 6, "{headers:?}");
    let preview = Preview::start(&project);
    preview.wait("base/index.html", "200 OK", true);
    let host = &preview.address;
    for request in [
        format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("HEAD /base/index.html HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /base HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /nothing HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /base/search/index.js HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /_redbinder/messages.json HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".into(),
        format!("POST / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ] {
        let answer = String::from_utf8_lossy(&preview.ask(request.as_bytes())).into_owned();
        for header in &headers {
            let (name, value) = header.split_once(": ").expect("a header");
            // Pages whole by themselves are published under a rule that names their style.
            let value = value.split(" 'sha256-").next().unwrap_or(value);
            assert!(answer.contains(&format!("\r\n{name}: {value}")), "{request}: no {name}\n{answer:.400}");
        }
    }
    let page = String::from_utf8_lossy(&preview.get("base/print.html")).into_owned();
    for header in headers {
        assert!(page.contains(&format!("\r\n{header}\r\n")), "no {header}\n{page:.900}");
    }
    // The page's own rule is stricter, and holds beside that of the header.
    let (_, rule) = page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").expect("a rule");
    let rule = rule.split('"').next().unwrap_or_default();
    let directives: Vec<&str> = rule.split("; ").collect();
    assert!(
        directives.contains(&"script-src 'self'") && directives.contains(&"connect-src 'self'"),
        "{rule}"
    );
    assert!(directives.iter().any(|it| it.starts_with("style-src 'self' 'sha256-")), "{rule}");
    assert!(page.contains("<script src=\"/_redbinder/overlay.js\" defer>"), "{page:.900}");
}

#[test]
fn the_preview_refuses_what_no_browser_asks() {
    let project = Project::small();
    project.write("secret.txt", SECRET);
    project.write("content/.hidden", SECRET);
    let preview = Preview::start(&project);
    preview.wait("base/index.html", "200 OK", true);
    let host = preview.address.clone();
    let long = "a/".repeat(5_000);
    let targets = [
        "/../secret.txt",
        "/base/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/base/..%00/../secret.txt",
        "/secret.txt",
        "/site.toml",
        "/content/base/plan.md",
        "/content/.hidden",
        "//secret.txt",
        "/./secret.txt",
        "/%252e%252e/secret.txt",
        "http://localhost/secret.txt",
        "*",
        "secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        &long,
        "/\u{202e}",
    ];
    for target in targets {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = String::from_utf8_lossy(&preview.ask(request.as_bytes())).into_owned();
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["400", "404"].contains(&status), "{target:.60}: {answer:.200}");
        assert!(!answer.contains("Kestrel"), "{target}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "G\0T"] {
        let request = format!("{method} / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = String::from_utf8_lossy(&preview.ask(request.as_bytes())).into_owned();
        assert!(answer.starts_with("HTTP/1.1 4"), "{method}: {answer:.200}");
    }
    for request in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\n\xff\xfe: x\r\n\r\n",
        b"GET  HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        let answer = preview.ask(request);
        assert!(answer.starts_with(b"HTTP/1.1 4"), "{:?}", String::from_utf8_lossy(request));
    }
    let port = host.rsplit(':').next().expect("a port");
    for name in [
        "rebound.example",
        "localhost.rebound.example",
        "0.0.0.0",
        "[::]",
        "127.0.0.1@rebound.example",
        "localhost#",
        "127.0.0.2",
    ] {
        let request = format!("GET / HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n");
        assert!(preview.ask(request.as_bytes()).starts_with(b"HTTP/1.1 403"), "{name}");
    }
}

#[test]
fn a_slow_client_stops_nobody() {
    let project = Project::small();
    let preview = Preview::start(&project);
    preview.wait("base/index.html", "200 OK", true);
    let slow: Vec<TcpStream> = (0..40)
        .map(|index| {
            let mut stream = TcpStream::connect(&preview.address).expect("a connection");
            let part = ["GET", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "][index % 3];
            stream.write_all(part.as_bytes()).expect("it listens");
            stream
        })
        .collect();
    for _ in 0..20 {
        assert!(preview.get("base/index.html").starts_with(b"HTTP/1.1 200"));
    }
    // None of them is waited for for ever, not even one that goes on a little.
    let start = Instant::now();
    let mut dripping = slow.into_iter().next().expect("there is one");
    dripping.set_read_timeout(Some(Duration::from_millis(500))).expect("a limit");
    let ended = (0..120).any(|_| {
        let gone = dripping.write_all(b"x").is_err();
        gone || matches!(dripping.read(&mut [0]), Ok(0)) || matches!(dripping.read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset)
    });
    assert!(ended, "it still listens after {:?}", start.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn the_preview_listens_on_this_machine_alone() {
    let preview = Preview::start(&Project::small());
    let port: u16 = preview.address.rsplit(':').next().expect("a port").parse().expect("a number");
    assert!(preview.address.starts_with("127.0.0.1:"), "{}", preview.address);
    let listens = |table: &str| {
        let table = fs::read_to_string(table).unwrap_or_default();
        let wanted = format!(":{port:04X}");
        let mut found: Vec<String> = Vec::new();
        for line in table.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if words[1].ends_with(&wanted) && words[3] == "0A" {
                found.push(words[1].to_string());
            }
        }
        found
    };
    assert_eq!(listens("/proc/net/tcp"), [format!("0100007F:{port:04X}")]);
    assert_eq!(listens("/proc/net/tcp6"), [] as [&str; 0]);
}

/// A checkout can hold what looks like a repository, with settings that run programs.
#[test]
fn a_project_that_looks_like_a_repository_is_none() {
    let project = Project::small();
    let author = Project::small();
    author.commit("One");
    author.git(&["clone", "--quiet", "--bare", ".", &project.path("copy").to_string_lossy()]);
    for name in ["HEAD", "config", "objects", "refs", "packed-refs"] {
        if project.path("copy").join(name).exists() {
            fs::rename(project.path("copy").join(name), project.path(name)).expect("it can be moved");
        }
    }
    fs::create_dir_all(project.path("refs")).expect("a folder");
    for args in [&["diff", "main"][..], &["check", "--changed-since", "main"]] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(2), "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("this folder is in no git repository"), "{}", ran.stderr);
    }
}
