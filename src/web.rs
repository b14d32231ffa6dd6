//! Whether addresses of other sites answer, asked through the `curl` command.
//!
//! Nothing else in redbinder reaches the network, and nothing reaches it unasked.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// Hosts that are asked at the same time.
const AT_ONCE: usize = 8;
/// The wait between two questions to one host.
const PAUSE: Duration = Duration::from_millis(500);
/// How long an answer may take, in seconds.
const PATIENCE: &str = "15";

/// What came of asking for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Something is there, also where it wants to know who asks.
    There,
    /// It is not, and why: `404`, `no such host`.
    Gone(String),
}

/// Asks for each address, one at a time for each host. `tell` hears of each that was asked.
///
/// # Errors
/// When there is no `curl`; the text says so.
pub fn ask(addresses: &[String], tell: impl Fn(&str) + Sync) -> Result<BTreeMap<String, Answer>, String> {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Err("the program `curl` is not installed".into());
    }
    let mut by_host: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for address in addresses {
        by_host.entry(host(address)).or_default().push(address);
    }
    let hosts = Mutex::new(by_host.into_values());
    let answers = Mutex::new(BTreeMap::new());
    let next = || hosts.lock().ok().and_then(|mut hosts| hosts.next());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(addresses) = next() {
                    for (index, address) in addresses.into_iter().enumerate() {
                        if index > 0 {
                            thread::sleep(PAUSE);
                        }
                        tell(address);
                        let answer = ask_one(address);
                        if let Ok(mut answers) = answers.lock() {
                            answers.insert(address.clone(), answer);
                        }
                    }
                }
            });
        }
    });
    Ok(answers.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
}

/// The host of an address, with its port.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Asks for the head alone, and for all of it where a server does not know how to give that.
fn ask_one(address: &str) -> Answer {
    match curl(address, &["--head"]) {
        Ok(403 | 404 | 405 | 500..) => judge(curl(address, &["--range", "0-0"])),
        answer => judge(answer),
    }
}

fn judge(answer: Result<u16, String>) -> Answer {
    match answer {
        // It is there, and wants to know who asks, or asks less often.
        Ok(401 | 403 | 407 | 416 | 429) => Answer::There,
        Ok(code) if code < 400 => Answer::There,
        Ok(code) => Answer::Gone(format!("it answers {code}")),
        Err(reason) => Answer::Gone(reason),
    }
}

fn curl(address: &str, how: &[&str]) -> Result<u16, String> {
    // A fragment is the reader's, and settings of whoever runs this are no part of the question.
    let address = address.split('#').next().unwrap_or(address);
    let output = Command::new("curl")
        .args(["--disable", "--silent", "--location", "--max-redirs", "8", "--max-time", PATIENCE])
        .args(["--proto", "=http,https", "--proto-redir", "=http,https", "--globoff"])
        .args(["--output", if cfg!(windows) { "NUL" } else { "/dev/null" }, "--write-out", "%{http_code}"])
        .args(how)
        .arg("--")
        .arg(address)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    match output.status.code() {
        Some(0) => {
            String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|_| "it says nothing".into())
        }
        Some(6) => Err("there is no such host".into()),
        Some(28) => Err(format!("it did not answer within {PATIENCE} seconds")),
        Some(35 | 51 | 58 | 60) => Err("its certificate cannot be trusted".into()),
        Some(47) => Err("it leads on and on".into()),
        _ => Err("it cannot be reached".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_host_wait_for_each_other() {
        assert_eq!(host("https://harbor.gov:8443/a?b#c"), "harbor.gov:8443");
        assert_eq!(host("http://harbor.gov"), "harbor.gov");
    }

    #[test]
    fn what_wants_to_know_who_asks_is_there() {
        assert_eq!(judge(Ok(200)), Answer::There);
        assert_eq!(judge(Ok(403)), Answer::There);
        assert_eq!(judge(Ok(404)), Answer::Gone("it answers 404".into()));
    }
}
