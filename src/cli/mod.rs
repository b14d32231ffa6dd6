//! The command line.
use std::path::Path;

/// Temporary check.
pub fn main() {
    let c = crate::Compilation::read(Path::new(".")).unwrap();
    let d = c.check();
    for x in &d {
        print!("{}\n", crate::diagnostic::terminal::render(x, &c.project.sources, false));
    }
    match c.render() { Err(e) => println!("{e}"), Ok(o) => println!("{:?}", crate::files::publish(Path::new("."), "public", &o)) }
    println!("{} diagnostics, {} variants, {} pages", d.len(), c.plans.len(), c.plans.iter().map(|p| p.pages.len()).sum::<usize>());
}
