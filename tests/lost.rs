//! Whatever stops the program, and whoever else is there: the last good site stays whole, files of
//! authors are the old ones or the new ones, and the next run clears up.

#![cfg(unix)]

mod project;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use project::{Project, Ran, assert_same, run};

/// How often a build is killed.
const KILLS: u64 = 200;

/// A project whose build spends much of its time writing.
fn of_many_files() -> Project {
    let project = Project::small();
    for index in 0..200 {
        project.write(&format!("content/base/files/{index}.txt"), format!("file {index}\n").repeat(20));
    }
    project
}

fn entitle(project: &Project, title: &str) {
    project.write("site.toml", format!("title = \"{title}\"\n"));
    project.write("content/base/title.txt", title);
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    /// From 0 to below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }
}

/// The hidden names the program uses beside what it writes, in a folder and all below it.
fn strays(folder: &Path) -> Vec<String> {
    project::tree(folder).into_keys().filter(|path| path.contains(".redbinder-")).collect()
}

#[test]
fn a_site_is_whole_whenever_its_build_is_killed() {
    let project = of_many_files();
    entitle(&project, "One");
    let one = project.build();
    entitle(&project, "Two");
    let start = Instant::now();
    let two = project.build();
    let whole_build = start.elapsed();
    // What a killed build leaves stays there until the next one begins to write.
    let beside = project.path(".public.redbinder-building");
    let written = || fs::metadata(&beside).and_then(|found| found.modified()).ok();
    let before = written();
    let build = || project.command(&["build", "--quiet"]).stderr(Stdio::null()).spawn().expect("it starts");
    let published = || fs::read_to_string(project.path("public/base/title.txt")).ok();
    let wait_until = |child: &mut Child, is_so: &dyn Fn() -> bool| {
        while !is_so() && child.try_wait().expect("it can be waited for").is_none() {
            thread::sleep(Duration::from_micros(100));
        }
    };
    let start = Instant::now();
    let mut child = build();
    wait_until(&mut child, &|| written() != before);
    let reading = start.elapsed();
    child.wait().expect("it ends");
    let mut chance = Chance(0x5eed);
    let (mut before_writing, mut while_writing, mut after_swap) = (0, 0, 0);
    let mut now = &two;
    for kill in 0..KILLS {
        let (title, next) = if now == &two { ("One", &one) } else { ("Two", &two) };
        entitle(&project, title);
        let before = written();
        let mut child = build();
        let micros = |time: Duration| time.as_micros() as u64;
        // A quarter each anywhere, while it reads, from its first write on and from the swap on:
        // however fast the machine, no part is missed by chance.
        let wait = match kill % 4 {
            0 => chance.below(micros(whole_build) * 11 / 10),
            1 => chance.below(micros(reading) / 2),
            2 => {
                wait_until(&mut child, &|| written() != before);
                if kill % 8 == 2 { 0 } else { chance.below(micros(whole_build) / 3) }
            }
            _ => {
                wait_until(&mut child, &|| published() == Some(title.to_owned()));
                chance.below(micros(whole_build) / 20)
            }
        };
        thread::sleep(Duration::from_micros(wait));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        let was_writing = written() != before;
        let left = project.tree("public");
        let whole = if left.get("base/title.txt") == next.get("base/title.txt") { next } else { now };
        assert_same(&left, whole, &format!("after kill {kill}"));
        match (whole == next, was_writing) {
            (true, _) => after_swap += 1,
            (false, true) => while_writing += 1,
            (false, false) => before_writing += 1,
        }
        now = whole;
        if kill % 5 == 0 {
            assert_same(&project.build(), next, &format!("built after kill {kill}"));
            assert_eq!(project.leftovers(), [] as [&str; 0], "after kill {kill}");
            now = next;
        }
    }
    println!(
        "killed before it wrote {before_writing}, while it wrote {while_writing}, after the swap {after_swap}"
    );
    assert!(before_writing > 0 && while_writing > 0 && after_swap > 0, "the kills miss a part of the build");
    project.build();
    assert_eq!(project.leftovers(), [] as [&str; 0]);
}

#[test]
fn no_level_of_a_rule_makes_a_site_of_nothing() {
    let project = Project::small();
    project.write("site.toml", "[rules]\ninvalid-layer = \"off\"\nnothing-checked = \"off\"\n");
    let good = project.build();
    project.write("content/base/plan.md", "---\nextends: bsae\n---\n# Plan\n");
    let ran = project.run(&["build"]);
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("error: there is no plan to publish; public is as it was"), "{}", ran.stderr);
    assert_same(&project.tree("public"), &good, "the last good site");
}

#[test]
fn packs_and_the_site_take_nothing_from_each_other() {
    let project = Project::small();
    let before = project.build();
    for packs in ["public", "public/packs", "./public/", "content/packs"] {
        let ran = project.run(&["build", &format!("--pack={packs}")]);
        assert_eq!(ran.status, Some(2), "{packs}: {}", ran.stdout);
        assert!(ran.stderr.contains(&format!("cannot write {packs}")), "{}", ran.stderr);
        assert_same(&project.tree("public"), &before, packs);
    }
    assert_eq!(project.run(&["build", "--pack=public-packs"]).status, Some(0));
}

#[test]
fn nothing_is_published_among_what_an_author_writes() {
    let project = Project::empty();
    project.write("site.toml", "content = \"binder/plans\"\ntheme = \"look\"\n");
    project.write("binder/plans/base/plan.md", "# The plan\n\nWhat to do.\n");
    project.write("look/assets/own.css", "");
    let before = (project.tree("binder"), project.tree("look"));
    for (output, why) in [
        ("binder/plans/site", "it lies among the sources"),
        ("binder/plans", "it lies among the sources"),
        ("binder", "it has sources in it"),
        ("look/site", "it lies among the sources"),
        ("./look/../look", "it lies among the sources"),
    ] {
        let ran = project.run(&["build", "--output", output]);
        assert_eq!(ran.status, Some(2), "{output}: {}", ran.stdout);
        assert!(ran.stderr.contains(why), "{output}: {}", ran.stderr);
        assert_same(&project.tree("binder"), &before.0, output);
        assert_same(&project.tree("look"), &before.1, output);
    }
    assert_eq!(project.run(&["build", "--output", "binders"]).status, Some(0));
}

#[test]
fn a_site_that_somebody_made_read_only_is_replaced() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    let project = Project::small();
    project.write("content/base/guides/page.md", "# Page\n");
    project.build();
    for folder in ["public/base/guides", "public/base", "public"] {
        fs::set_permissions(project.path(folder), fs::Permissions::from_mode(0o555)).expect("ours");
    }
    // Nobody is kept from anything by permissions who may do everything.
    let nobody = (fs::metadata(project.path("")).expect("ours").uid() == 0).then_some(65_534);
    if nobody.is_some() {
        let all = walkdir::WalkDir::new(project.path(""));
        all.into_iter()
            .flatten()
            .for_each(|entry| chown(entry.path(), nobody, nobody).expect("ours to give"));
    }
    for title in ["New", "Newer"] {
        entitle(&project, title);
        let mut command = project.command(&["build"]);
        nobody.map(|nobody| command.uid(nobody).gid(nobody));
        let ran = project::run(&mut command);
        assert_eq!(ran.status, Some(0), "{title}: {}", ran.stderr);
        assert_eq!(project.leftovers(), [] as [&str; 0]);
    }
}

#[test]
fn what_a_link_left_beside_the_site_leads_to_is_not_touched() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
    use std::os::unix::process::CommandExt;
    let project = Project::small();
    let other = Project::empty();
    other.write("web/sub/page", "theirs");
    project.write(".public.redbinder-lock", "");
    symlink(other.path(""), project.path(".public.redbinder-building")).expect("a link");
    let mode = |path: &str| fs::metadata(other.path(path)).expect("it is there").permissions().mode() & 0o777;
    let before = ["", "web", "web/sub"].map(mode);
    let nobody = (fs::metadata(project.path("")).expect("ours").uid() == 0).then_some(65_534);
    if nobody.is_some() {
        for root in [project.path(""), other.path("")] {
            let all = walkdir::WalkDir::new(root).into_iter().flatten();
            all.for_each(|entry| chown(entry.path(), nobody, nobody).expect("ours to give"));
        }
    }
    fs::set_permissions(project.path(""), fs::Permissions::from_mode(0o555)).expect("ours");
    let mut command = project.command(&["build"]);
    nobody.map(|nobody| command.uid(nobody).gid(nobody));
    let ran = project::run(&mut command);
    fs::set_permissions(project.path(""), fs::Permissions::from_mode(0o755)).expect("ours");
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert_eq!(["", "web", "web/sub"].map(mode), before);
    assert_eq!(fs::read(other.path("web/sub/page")).expect("it is there"), b"theirs");
}

#[test]
fn a_new_project_whose_beginning_was_stopped_is_begun_again() {
    let project = Project::empty();
    assert_eq!(project.run(&["init"]).status, Some(0));
    let whole = project.tree("");
    fs::remove_file(project.path("site.toml")).expect("it can be removed");
    fs::remove_dir_all(project.path("content/base/roles")).expect("it can be removed");
    project.write("content/base/.plan.md.redbinder-new", "half");
    assert_eq!(project.run(&["init"]).status, Some(0));
    fs::remove_file(project.path("content/base/.plan.md.redbinder-new")).expect("it can be removed");
    assert_same(&project.tree(""), &whole, "the new project");
    // What somebody else wrote is theirs.
    fs::remove_file(project.path("site.toml")).expect("it can be removed");
    project.write("content/base/plan.md", "# Another plan\n");
    let ran = project.run(&["init"]);
    assert_eq!(ran.status, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("content is there already"), "{}", ran.stderr);
}

#[test]
fn packs_and_the_site_are_whole_whenever_they_are_killed() {
    let project = of_many_files();
    let pack = |title: &str| {
        entitle(&project, title);
        let start = Instant::now();
        let ran = project.run(&["build", "--pack"]);
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        ([project.tree("public"), project.tree("packs")], start.elapsed())
    };
    let (one, _) = pack("One");
    let (two, whole_build) = pack("Two");
    let mut chance = Chance(0xbee);
    for kill in 0..30 {
        entitle(&project, if kill % 2 == 0 { "One" } else { "Two" });
        let mut child = project
            .command(&["build", "--pack", "--quiet"])
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        thread::sleep(Duration::from_micros(chance.below(whole_build.as_micros() as u64)));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        for (index, folder) in ["public", "packs"].iter().enumerate() {
            let left = project.tree(folder);
            assert!(left == one[index] || left == two[index], "{folder} after kill {kill}");
        }
    }
    assert_eq!(pack("One").0, one);
    assert_eq!(project.leftovers(), [] as [&str; 0]);
}

/// Runs the program where no file may become longer than some blocks of 512 bytes: writing more
/// fails as on a full disk, or with `killed` ends the program in the middle.
fn with_short_files(project: &Project, blocks: usize, killed: bool, args: &[&str]) -> Ran {
    let program = project.command(args);
    let trap = if killed { "" } else { "trap '' XFSZ; " };
    let mut command = Command::new("bash");
    command.arg("-c").arg(format!("{trap}ulimit -c 0; ulimit -f {}; exec \"$@\"", blocks.div_ceil(2)));
    command.arg("bash").arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    run(command.stdin(Stdio::null()))
}

#[test]
fn a_build_that_cannot_write_all_of_it_changes_nothing() {
    let project = of_many_files();
    let good = project.build();
    project.write("content/base/large.txt", "long ".repeat(100_000));
    let ran = with_short_files(&project, 600, false, &["build"]);
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert!(
        ran.stderr.starts_with("error: cannot write public/base/large.txt: file too large"),
        "{}",
        ran.stderr
    );
    assert_same(&project.tree("public"), &good, "a build that failed");
    assert_eq!(project.leftovers(), [] as [&str; 0]);
    let ran = with_short_files(&project, 600, true, &["build"]);
    assert_eq!(ran.status, None, "it was killed: {}", ran.stderr);
    assert_same(&project.tree("public"), &good, "a build that was killed");
    let better = project.build();
    assert!(better.contains_key("base/large.txt"));
    assert_eq!(project.leftovers(), [] as [&str; 0]);
}

/// Commands that write into the project, each with what makes it write a long file, and the file.
fn writers() -> Vec<(&'static str, Vec<&'static str>, Project)> {
    let accept = Project::small();
    let mut page = String::from("# Page\n");
    let mut tailored = String::from("---\nextends: base\n---\n");
    for index in 0..200 {
        page += &format!("\n## Part {index} {{#part-{index}}}\n\nWords.\n");
        tailored += &format!("\n## {{#part-{index} .append}}\n\nMore.\n");
    }
    accept.write("content/base/plan.md", page);
    accept.write("content/agency/plan.md", tailored);
    accept.write("content/agency/tailoring.lock", "");

    let fix = Project::small();
    let filler = "Words and words.\n\n".repeat(1000);
    fix.write(
        "content/base/page.md",
        format!("# Page\n\n<!-- allow broken-link: moves in May -->\n\nText.\n\n{filler}"),
    );

    let baseline = Project::small();
    let links: String = (0..200).map(|index| format!("[it](nowhere-{index}.md)\n\n")).collect();
    baseline.write("content/base/plan.md", format!("# The plan\n\n{links}"));
    baseline.write("baseline.json", "# Nothing is known yet.\n");

    vec![
        ("content/agency/tailoring.lock", vec!["accept", "--all"], accept),
        ("content/base/page.md", vec!["check", "--fix"], fix),
        ("baseline.json", vec!["check", "--baseline", "baseline.json", "--write-baseline"], baseline),
    ]
}

#[test]
fn a_file_of_an_author_is_the_old_one_or_the_new_one() {
    for (path, args, project) in writers() {
        let before = project.tree("");
        let ran = with_short_files(&project, 2, false, &args);
        assert_eq!(ran.status, Some(2), "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(&format!("cannot write {path}: file too large")), "{}", ran.stderr);
        assert_same(&project.tree(""), &before, path);
        let ran = with_short_files(&project, 2, true, &args);
        assert_eq!(ran.status, None, "{args:?} was killed: {}", ran.stderr);
        assert_eq!(fs::read(project.path(path)).expect("it is there"), before[path], "{path}");
        // What was left, a piece and its lock, is never read, and goes the next time.
        assert_eq!(strays(&project.path("")).len(), 2, "{path}");
        project.run(&args);
        assert_ne!(fs::read(project.path(path)).expect("it is there"), before[path], "{path}");
        assert_eq!(strays(&project.path("")), [] as [&str; 0], "{path}");
    }
}

#[test]
fn what_a_stopped_command_left_goes_also_where_nothing_is_left_to_write() {
    for (path, args, project) in writers().into_iter().take(2) {
        project.run(&args);
        let done = project.tree("");
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        for what in ["lock", "new"] {
            project.write(&format!("{folder}/.{name}.redbinder-{what}"), "");
        }
        let held = fs::File::open(project.path(folder).join(format!(".{name}.redbinder-lock")));
        let held = held.expect("the lock is there");
        held.lock().expect("nobody else has it");
        project.run(&args);
        assert_eq!(strays(&project.path("")).len(), 2, "{path}: somebody writes it");
        drop(held);
        project.run(&args);
        assert_eq!(strays(&project.path("")), [] as [&str; 0], "{path}");
        assert_same(&project.tree(""), &done, path);
    }
}

#[test]
fn a_file_that_somebody_else_is_writing_is_left_to_them() {
    for (path, args, project) in writers() {
        let before = project.tree("");
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let lock = project.path(folder).join(format!(".{name}.redbinder-lock"));
        let held = fs::File::create(&lock).expect("a lock");
        held.lock().expect("nobody else has it");
        let ran = project.run(&args);
        assert_eq!(ran.status, Some(2), "{args:?}: {}", ran.stdout);
        let said = format!("cannot write {path}: another redbinder is writing it");
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
        assert_eq!(fs::read(project.path(path)).expect("it is there"), before[path], "{path}");
        drop(held);
        project.run(&args);
        assert_ne!(fs::read(project.path(path)).expect("it is there"), before[path], "{path}");
    }
}

#[test]
fn what_a_stopped_command_left_is_no_part_of_the_site() {
    let (path, args, project) = writers().remove(0);
    let ran = with_short_files(&project, 2, true, &args);
    assert_eq!(ran.status, None, "{path}: {}", ran.stderr);
    assert_eq!(strays(&project.path("content")).len(), 2);
    let good = project.tree("content");
    project.accept();
    assert_ne!(project.tree("content"), good);
    let site = project.build();
    let odd: Vec<&String> =
        site.keys().filter(|path| path.contains("redbinder-") || path.contains(".lock")).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

/// Runs a script with a small disk of its own at `$DISK`, which goes when it ends. None, with the
/// reason printed, where this machine lets nobody make one.
fn with_disk(project: &Project, script: &str) -> Option<Ran> {
    fs::create_dir_all(project.path("disk")).expect("a folder");
    let mount = "mount -t tmpfs -o size=4m none \"$DISK\" || exit 77";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "bash", "-c", &format!("{mount}\n{script}")]);
    command.env("DISK", project.path("disk")).env("OUT", project.path("out"));
    command.env("PROGRAM", env!("CARGO_BIN_EXE_redbinder")).env("PROJECT", project.path(""));
    command.env_remove("REDBINDER_PROJECT").stdin(Stdio::null());
    match command.output() {
        Ok(output) if output.status.code() != Some(77) && !output.stderr.starts_with(b"unshare") => {
            let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (stdout, stderr) = (words(&output.stdout), words(&output.stderr));
            Some(Ran { status: output.status.code(), stdout, stderr })
        }
        answer => {
            println!("skipped: a disk of one's own cannot be made here ({answer:?})");
            None
        }
    }
}

#[test]
fn a_full_disk_leaves_the_last_good_site_and_says_so() {
    let project = of_many_files();
    let script = r#"
        cd "$DISK" && cp -r "$PROJECT/content" "$PROJECT/site.toml" . || exit 1
        "$PROGRAM" build --quiet || exit 2
        cp -r public "$OUT" || exit 3
        echo more > content/base/more.txt
        for free in 0 1 4 16 64 256; do
            # All of it first, then a few blocks back.
            head -c 8m /dev/zero > fill 2>/dev/null
            size=$(stat -c %s fill)
            truncate -s $(( size - free * 4096 )) fill
            "$PROGRAM" build --quiet 2>>said
            code=$?
            rm fill
            [ "$free" = 256 ] && break
            [ $code = 2 ] || { echo "with $free blocks it ended with $code"; exit 4; }
            diff -r public "$OUT" || exit 5
            [ -z "$(find . -name '*.redbinder-*')" ] || { find .; exit 6; }
        done
        rm -f said; "$PROGRAM" build --quiet || exit 7
        [ -e public/base/more.txt ] || exit 8
        [ -z "$(find . -name '*.redbinder-*')" ] || exit 9
    "#;
    let Some(ran) = with_disk(&project, script) else { return };
    assert_eq!(ran.status, Some(0), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_disk_that_is_full_when_it_is_told_so_says_which_file() {
    let project = of_many_files();
    let script = r#"
        cd "$DISK" && cp -r "$PROJECT/content" "$PROJECT/site.toml" . || exit 1
        head -c 8m /dev/zero > fill 2>/dev/null
        truncate -s $(( $(stat -c %s fill) - 16 * 4096 )) fill
        "$PROGRAM" build --quiet
    "#;
    let Some(ran) = with_disk(&project, script) else { return };
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.starts_with("error: cannot write public/"), "{}", ran.stderr);
    assert!(ran.stderr.contains(": no space left on device"), "{}", ran.stderr);
}

#[test]
fn a_disk_that_cannot_be_written_to_is_told_and_left() {
    let project = of_many_files();
    let script = r#"
        cd "$DISK" && cp -r "$PROJECT/content" "$PROJECT/site.toml" . || exit 1
        "$PROGRAM" build --quiet || exit 3
        cp -r public "$OUT"
        echo more > content/base/more.txt
        mount -o remount,ro "$DISK" || exit 77
        "$PROGRAM" build --quiet
        code=$?
        diff -r public "$OUT" || exit 4
        "$PROGRAM" check --quiet || exit 5
        exit $code
    "#;
    let Some(ran) = with_disk(&project, script) else { return };
    assert_eq!(ran.status, Some(2), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.starts_with("error: cannot write public: read-only file system"), "{}", ran.stderr);
}

#[test]
fn a_place_where_a_disk_is_mounted_is_no_output_and_a_folder_in_it_is() {
    let project = Project::small();
    let script = r#"
        cd "$DISK" && cp -r "$PROJECT/content" "$PROJECT/site.toml" . || exit 1
        mkdir public && mount -t tmpfs none public || exit 77
        "$PROGRAM" build --quiet
        code=$?
        "$PROGRAM" build --quiet --output public/site || exit 3
        [ -e public/site/index.html ] || exit 4
        exit $code
    "#;
    let Some(ran) = with_disk(&project, script) else { return };
    assert_eq!(ran.status, Some(2), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("where a disk is mounted, name a folder in it"), "{}", ran.stderr);
}

#[test]
fn a_report_that_does_not_arrive_is_told_and_a_closed_pipe_is_not() {
    let project = Project::small();
    for args in [
        &["check", "--format", "json"][..],
        &["check"],
        &["build"],
        &["variants"],
        &["schema", "site"],
        &["man"],
        &["completions", "bash"],
        &["licenses"],
    ] {
        let full =
            fs::OpenOptions::new().write(true).open("/dev/full").expect("a device that is always full");
        let (reader, closed) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ran = |stdout: Stdio| project.command(args).stdout(stdout).output().expect("it runs");
        let answer = ran(full.into());
        let said = String::from_utf8_lossy(&answer.stderr).into_owned();
        let told = "error: cannot write standard output: no space left on device\n";
        assert_eq!((answer.status.code(), said.ends_with(told)), (Some(2), true), "{args:?} {said}");
        let answer = ran(closed.into());
        assert_eq!(answer.status.code(), Some(0), "{args:?} {}", String::from_utf8_lossy(&answer.stderr));
    }
}

#[test]
fn any_number_of_threads_makes_the_same_site() {
    let project = Project::small();
    let good = project.build();
    for number in ["0", "1", "3", "100000", "-1", "many"] {
        let ran = run(project.command(&["build"]).env("RAYON_NUM_THREADS", number));
        assert_eq!(ran.status, Some(0), "{number}: {}", ran.stderr);
        assert_same(&project.tree("public"), &good, number);
    }
}

#[test]
fn an_output_that_leads_out_of_the_project_must_be_one_of_ours() {
    use std::os::unix::fs::symlink;
    let elsewhere = Project::empty();
    for (folder, file) in [("empty", None), ("theirs", Some("letter.txt")), ("ours", Some(".redbinder"))] {
        fs::create_dir_all(elsewhere.path(folder)).expect("a folder");
        if let Some(file) = file {
            elsewhere.write(&format!("{folder}/{file}"), "");
        }
        let project = Project::small();
        symlink(elsewhere.path(folder), project.path("public")).expect("a new link");
        let before = elsewhere.tree("");
        let ran = project.run(&["build"]);
        if folder == "ours" {
            assert_eq!(ran.status, Some(0), "{}", ran.stderr);
            assert!(project.path("public").is_symlink() && elsewhere.path("ours/index.html").exists());
        } else {
            assert_eq!(ran.status, Some(2), "{folder}: {}", ran.stderr);
            let said = "error: cannot write public: it leads out of the project, to a folder redbinder did not write";
            assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
            assert_same(&elsewhere.tree(""), &before, folder);
        }
    }
    // Nor are folders made on the other side of a link.
    let project = Project::small();
    symlink(elsewhere.path(""), project.path("out")).expect("a new link");
    project.write("site.toml", "output = \"out/new/site\"\n");
    let ran = project.run(&["build"]);
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert!(!elsewhere.path("new").exists());
    // Whoever runs the program may name any place.
    let there = elsewhere.path("new/site").to_string_lossy().into_owned();
    assert_eq!(project.run(&["build", "--output", &there]).status, Some(0));
    assert!(elsewhere.path("new/site/index.html").exists());
}

#[test]
fn names_that_are_kept_for_the_program_are_no_way_out() {
    use std::os::unix::fs::symlink;
    let elsewhere = Project::empty();
    elsewhere.write("letter.txt", "Dear all");
    let before = elsewhere.tree("");
    let letter = elsewhere.path("letter.txt");
    let project = Project::small();
    symlink(&letter, project.path(".public.redbinder-lock")).expect("a new link");
    let ran = project.run(&["build"]);
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.stderr.contains("`.public.redbinder-lock` beside it is not a file of redbinder"),
        "{}",
        ran.stderr
    );
    fs::remove_file(project.path(".public.redbinder-lock")).expect("it can be removed");
    for what in ["building", "old"] {
        symlink(elsewhere.path(""), project.path(&format!(".public.redbinder-{what}"))).expect("a new link");
    }
    assert_eq!(project.run(&["build"]).status, Some(0));
    assert_eq!(project.leftovers(), [] as [&str; 0]);
    // Where an author's file is rewritten, too.
    let (path, args, project) = writers().remove(0);
    symlink(&letter, project.path("content/agency/.tailoring.lock.redbinder-new")).expect("a new link");
    assert_eq!(project.run(&args).status, Some(0));
    assert!(!project.path(path).is_symlink());
    // And a link in the place of the file itself is followed inside the project alone.
    fs::remove_file(project.path(path)).expect("it can be removed");
    symlink(&letter, project.path(path)).expect("a new link");
    let ran = project.run(&args);
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("the link leads out of the project"), "{}", ran.stderr);
    let project = Project::small();
    symlink(elsewhere.path(""), project.path("content/organizations")).expect("a new link");
    let ran = project.run(&["new", "agency", "--extends", "base"]);
    assert_eq!(ran.status, Some(2), "{}{}", ran.stdout, ran.stderr);
    assert_same(&elsewhere.tree(""), &before, "what lies elsewhere");
}

#[test]
fn a_build_waits_for_no_other() {
    let project = of_many_files();
    let good = project.build();
    let lock = fs::File::create(project.path(".public.redbinder-lock")).expect("a new file");
    lock.lock().expect("it can be locked");
    let ran = project.run(&["build"]);
    assert_eq!(ran.status, Some(2));
    let said = "error: cannot write public: another redbinder is writing it; wait for that one to end\n";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    assert_same(&project.tree("public"), &good, "while another writes");
    drop(lock);
    // The lock of a killed build is nobody's.
    assert_same(&project.build(), &good, "after it");
}

#[test]
fn of_many_builds_at_once_each_is_whole_or_told_to_wait() {
    let project = of_many_files();
    let good = project.build();
    let builds: Vec<_> = (0..8)
        .map(|_| {
            let mut command = project.command(&["build", "--quiet"]);
            thread::spawn(move || run(&mut command))
        })
        .collect();
    for build in builds {
        let ran = build.join().expect("it ends");
        let is_told = ran.status == Some(2) && ran.stderr.contains("another redbinder is writing it");
        assert!(ran.status == Some(0) || is_told, "{:?} {}", ran.status, ran.stderr);
    }
    assert_same(&project.tree("public"), &good, "many builds");
    assert_eq!(project.leftovers(), [] as [&str; 0]);
}
