use super::publish::{Lock, MARKER, rename_both};
use super::*;
use tempfile::{TempDir, tempdir};

/// A project with files, `folder/name: text` each, the text optional.
fn project(files: &[&str]) -> TempDir {
    let root = tempdir().unwrap();
    for (path, text) in files.iter().map(|file| file.split_once(": ").unwrap_or((file, ""))) {
        write_new(&root.path().join(path), text.as_bytes()).unwrap();
    }
    root
}

/// Publishes files, written alike, as `folder`.
fn publish_to(root: &TempDir, folder: &str, files: &[&str]) -> Result<Published, String> {
    let files = files.iter().map(|file| file.split_once(": ").unwrap_or((file, "")));
    let output = files.map(|(path, text)| (path.to_owned(), text.as_bytes().into()));
    publish(root.path(), &["content"], folder, &output.collect()).map_err(|error| error.to_string())
}

/// Every file below the project, hidden ones too, as `project` takes them.
fn tree(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            files.extend(tree(&entry.path()).iter().map(|file| format!("{name}/{file}")));
        } else if name == MARKER {
            files.push(name);
        } else {
            files.push(format!("{name}: {}", fs::read_to_string(entry.path()).unwrap()));
        }
    }
    files.sort();
    files
}

/// The paths that were read, and the problems in words.
fn read(root: &TempDir, folder: &str) -> (Vec<String>, Vec<String>) {
    let Files { files, problems } = read_folder(root.path(), folder).unwrap();
    let problems = problems.iter().map(|problem| format!("{problem:?}").replace('"', ""));
    (files.into_iter().map(|file| file.path).collect(), problems.collect())
}

#[test]
fn a_folder_is_read_in_order_without_hidden_files() {
    let (shown, hidden) = (["c/b.md", "c/a/z", "c/a-b"], ["c/.git/x", "c/a/z~", "c/#z#"]);
    let (paths, problems) = read(&project(&[shown, hidden].concat()), "./c/");
    assert_eq!((paths.join(" "), problems.len()), ("c/a-b c/a/z c/b.md".into(), 0));
}

#[test]
fn a_folder_is_read_up_to_its_limit_and_refused_by_the_name_of_it() {
    let root = project(&["c/a: four", "c/b/c: eight…"]);
    assert!(read_up_to(root.path(), "c", None, 12).is_ok());
    let error = read_up_to(root.path(), "c", None, 11).unwrap_err();
    let words = "cannot read c: its files are larger than the limit `folder-size`, 2000 MB, together; \
                 keep large files elsewhere, and link to them";
    assert_eq!(error.to_string(), words);
}

#[test]
fn a_missing_folder_is_an_error_and_a_missing_file_is_none() {
    let root = project(&["a: text"]);
    let error = read_folder(root.path(), "content").unwrap_err();
    assert_eq!(error.to_string(), "cannot read content: no such folder");
    assert_eq!(read_file(root.path(), "a").unwrap(), Some(b"text".to_vec()));
    assert_eq!(read_file(root.path(), "b").unwrap(), None);
    assert_eq!(read_file(root.path(), "a/b").unwrap(), None);
    assert!(read_file(root.path(), "../a").is_err());
    assert!(read_file(root.path(), ".").is_err());
}

#[cfg(unix)]
#[test]
fn what_is_wrong_with_a_folder_is_told() {
    use std::os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener};
    let root = project(&["c/Plan.md", "c/plan.md", "c/sub/x.md", "o/y", "a/x", "b/y"]);
    let elsewhere = project(&["secret"]);
    let at = |path: &str| root.path().join(path);
    symlink(at("c"), at("c/sub/loop")).unwrap();
    symlink("../o", at("c/inside")).unwrap();
    symlink("nowhere", at("c/broken")).unwrap();
    symlink(elsewhere.path(), at("c/outside")).unwrap();
    fs::write(at("c").join(std::ffi::OsStr::from_bytes(b"\xff.md")), "").unwrap();
    fs::write(at("c/\u{1b}[2J\u{202e}\n.md"), "").unwrap();
    let _socket = UnixListener::bind(at("c/socket")).unwrap();
    let (paths, problems) = read(&root, "c");
    assert_eq!(paths, ["c/Plan.md", "c/inside/y", "c/plan.md", "c/sub/x.md"]);
    let expected = [
        "Unreadable { path: c/broken, reason: no such file or directory }",
        "Unreadable { path: c/socket, reason: it is neither a file nor a folder }",
        "SymlinkLoop { path: c/sub/loop }",
        "OutsideProject { path: c/outside }",
        "NameClash { path: c/plan.md, other: c/Plan.md }",
        "BadName { path: c/\u{fffd}.md }",
        "BadName { path: c/\u{fffd}[2J\u{fffd}\u{fffd}.md }",
    ];
    assert_eq!(problems, expected);

    // Two folders that lead to each other.
    symlink("../b", at("a/b")).unwrap();
    symlink("../a", at("b/a")).unwrap();
    let (paths, problems) = read(&root, "a");
    assert_eq!((paths.join(" "), problems.len()), ("a/b/y a/x".into(), 1));
}

#[cfg(unix)]
#[test]
fn links_that_lead_to_each_other_in_turn_are_not_followed_without_end() {
    use std::os::unix::fs::symlink;
    let folders = |links: usize| {
        let root = project(&["c/0/x", "c/1/x", "c/2/x", "c/3/x", "c/4/x", "c/5/x", "c/6/x", "c/7/x"]);
        for (folder, link) in (0..7).flat_map(|folder| (0..links).map(move |link| (folder, link))) {
            symlink(format!("../{}", folder + 1), root.path().join(format!("c/{folder}/l{link}"))).unwrap();
        }
        root
    };
    // One way down from each.
    assert_eq!(read_folder(folders(1).path(), "c").unwrap().files.len(), 36);
    let error = read_folder(folders(8).path(), "c").unwrap_err().to_string();
    assert!(error.contains("links lead to more than the limit `linked-files`, 100000 files"), "{error}");
}

#[cfg(unix)]
#[test]
fn names_that_windows_does_not_take_are_told_and_read() {
    let shown = ["c/Aux.md", "c/com1", "c/nul .a.b", "c/what?.md", "c/x:y.md", "c/z. "];
    let fine = ["c/auxiliary.md", "c/com10", "c/com0", "c/con-a.md", "c/lp", "c/lptö", "c/what.md"];
    let (paths, problems) = read(&project(&[&shown[..], &fine].concat()), "c");
    assert_eq!(paths.len(), shown.len() + fine.len());
    let expected = shown.map(|path| format!("UnportableName {{ path: {path} }}"));
    assert_eq!(problems, expected);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let root = project(&["c/a.md"]);
    let file = root.path().join("c/a.md");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // A superuser reads everything.
    if fs::read(&file).is_err() {
        let expected = "Unreadable { path: c/a.md, reason: permission denied }";
        assert_eq!(read(&root, "c"), (vec![], vec![expected.to_owned()]));
    }
}

#[test]
fn a_site_is_replaced_whole_and_leftovers_go() {
    let root = project(&[".public.redbinder-building/half", ".public.redbinder-lock"]);
    let published = publish_to(&root, "public", &["index: 1", "a/b/c: 22", "a-b"]).unwrap();
    assert_eq!(published, Published { files: 3, bytes: 3 });
    let first = ["public/.redbinder", "public/a-b: ", "public/a/b/c: 22", "public/index: 1"];
    assert_eq!(tree(root.path()), first);
    publish_to(&root, "public", &["index: new"]).unwrap();
    assert_eq!(tree(root.path()), ["public/.redbinder", "public/index: new"]);
}

#[test]
fn a_build_killed_while_it_swapped_loses_nothing() {
    let root = project(&[".public.redbinder-old/.redbinder", ".public.redbinder-old/a: old"]);
    publish_to(&root, "public", &["a: bad", &"x".repeat(300)]).unwrap_err();
    assert_eq!(tree(root.path()), ["public/.redbinder", "public/a: old"]);
}

#[test]
fn a_failed_build_leaves_the_site() {
    let root = project(&["public/.redbinder", "public/a: good", ".public.redbinder-old/b"]);
    let error = publish_to(&root, "public", &["a: bad", "a/x"]).unwrap_err();
    assert_eq!(error, "cannot write public/a: it would be a file and a folder at once");
    // A name no disk takes fails only when it is written.
    let error = publish_to(&root, "public", &["a: bad", &"x".repeat(300)]).unwrap_err();
    assert!(error.ends_with("name too long"), "{error}");
    assert_eq!(tree(root.path()), ["public/.redbinder", "public/a: good"]);
}

#[test]
fn two_renames_do_what_an_exchange_does() {
    let root = project(&["new/a: new", "site/a: old"]);
    let [new, site, old, other] = ["new", "site", "old", "x"].map(|name| root.path().join(name));
    rename_both(&new, &site, &old).unwrap();
    assert_eq!(tree(root.path()), ["old/a: old", "site/a: new"]);
    rename_both(&new, &site, &other).unwrap_err();
    assert_eq!(tree(root.path()), ["old/a: old", "site/a: new"]);
}

#[test]
fn a_second_build_is_told_to_wait() {
    let root = project(&[]);
    let lock = Lock::take(root.path().join(".public.redbinder-lock")).unwrap();
    let error = publish_to(&root, "public", &["a"]).unwrap_err();
    assert!(error.starts_with("cannot write public: another redbinder is writing it"), "{error}");
    drop(lock);
    publish_to(&root, "public", &["a"]).unwrap();
}

#[test]
fn folders_that_are_not_ours_are_refused() {
    let sources = ["site.toml", "content/base/plan.md", "copy/content/base/plan.md", "photos/a"];
    let ours = ["copy/.redbinder", "site/.redbinder", "site/content/index.html"];
    let root = project(&[&sources[..], &ours].concat());
    fs::create_dir(root.path().join("empty")).unwrap();
    let before = tree(root.path());
    let above = root.path().parent().unwrap().display().to_string();
    for (folder, reason) in [
        ("", "the project itself"),
        ("photos/..", "the project itself"),
        (&above, "the project itself"),
        ("/", "the project itself"),
        ("x/../../out", "outside the project"),
        ("content/out", "among the sources"),
        ("copy", "has sources in it"),
        ("photos", "has files redbinder did not write"),
        ("photos/a", "not a directory"),
    ] {
        let error = publish_to(&root, folder, &["a"]).unwrap_err();
        assert!(error.contains(reason), "{folder}: {error}");
    }
    for path in ["../a", "a/../../b", "/a", "a//b", "", "a/", "./a", ".redbinder"] {
        publish_to(&root, "empty", &[path]).unwrap_err();
    }
    assert_eq!(tree(root.path()), before);
    let outside = tempdir().unwrap().path().join("out").display().to_string();
    for folder in ["empty", "site", "new/deep/", &outside] {
        publish_to(&root, folder, &["a"]).unwrap();
    }
    fs::remove_dir_all(Path::new(&outside).parent().unwrap()).unwrap();
}

#[cfg(unix)]
#[test]
fn a_linked_output_folder_stays_a_link() {
    let root = project(&["disk/.redbinder", "disk/old"]);
    let link = root.path().join("public");
    std::os::unix::fs::symlink("disk", &link).unwrap();
    publish_to(&root, "public", &["a"]).unwrap();
    assert!(link.is_symlink());
    assert_eq!(tree(&link), [".redbinder", "a: "]);
    fs::remove_dir_all(root.path().join("disk")).unwrap();
    assert!(publish_to(&root, "public", &["a"]).unwrap_err().ends_with("leads nowhere"));
}

#[test]
fn a_new_file_replaces_nothing() {
    let root = project(&["a: old"]);
    let error = write_new(&root.path().join("a"), b"new").unwrap_err();
    assert_eq!((error.action, error.reason.as_str()), ("write", "it already exists"));
    assert_eq!(tree(root.path()), ["a: old"]);
}

#[test]
fn a_file_is_rewritten_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tailoring.lock");
    write(&path, b"one").expect("written");
    write(&path, b"two").expect("rewritten");
    assert_eq!(fs::read(&path).expect("read"), b"two");
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "nothing is left beside it");
}
