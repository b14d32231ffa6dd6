//! What a web server says with each file, for the servers that read it from a file; and what
//! crawlers are told.

use std::fmt::Write as _;

use crate::config::Config;
use crate::plan::Plan;
use crate::render::address::{in_folder, relative};
use crate::render::{Rendered, bytes};
use crate::syntax::Audience;

/// What a page may load and run: its own files (CSP level 3). Pages say it themselves too, for
/// servers that send no headers.
pub const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'none'";

/// The headers of every answer, and of the preview's. No page may be framed, which only a header
/// can say; no other site learns where a reader came from.
pub const SECURITY: [(&str, &str); 6] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
];

/// For a file whose address changes with its bytes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// What is published together: an edition, its folder, and the variants in it.
struct Part<'p> {
    edition: Audience,
    folder: &'p str,
    variants: Vec<&'p str>,
}

/// The files for servers and crawlers: at the root for all editions, and in the folder of each for
/// when that is published alone.
/// `sheet` is the hash of the style sheet that stands in the pages that are whole by themselves.
pub(super) fn files(config: &Config, plans: &[Plan], sheet: &str) -> Vec<Rendered> {
    let parts: Vec<Part> = config
        .editions
        .iter()
        .filter_map(|(name, folder)| {
            let edition = Audience::parse(name)?;
            let plans = plans.iter().filter(|plan| plan.edition == edition);
            let variants: Vec<&str> = plans.map(|plan| &*plan.name).collect();
            let folder = folder.value.as_str();
            (!variants.is_empty()).then_some(Part { edition, folder, variants })
        })
        .collect();
    let mut files = in_root(config, "", &parts, sheet);
    for part in parts.into_iter().filter(|part| !part.folder.is_empty()) {
        let folder = part.folder;
        files.extend(in_root(config, folder, &[Part { folder: "", ..part }], sheet));
    }
    files
}

/// The headers of every answer of a published site: its pages that are whole by themselves have their
/// style sheet, by its hash, in them.
pub(crate) fn security(sheet: &str) -> Vec<(&'static str, String)> {
    let own = "style-src 'self'";
    SECURITY
        .iter()
        .map(|(name, value)| (*name, value.replace(own, &format!("{own} 'sha256-{sheet}'"))))
        .collect()
}

fn in_root(config: &Config, root: &str, parts: &[Part], sheet: &str) -> Vec<Rendered> {
    let assets: Vec<String> =
        parts.iter().map(|part| format!("/{}", path(&in_folder(part.folder, "assets/")))).collect();
    let file = |name: &str, text: String| (in_folder(root, name), bytes(text));
    vec![
        file("_headers", netlify(parts, &assets, &security(sheet))),
        file("headers.nginx.conf", nginx(parts, &assets, &security(sheet))),
        file("headers.caddy", caddy(parts, &assets, &security(sheet))),
        file("robots.txt", robots(config, root, parts)),
    ]
}

fn path(path: &str) -> String {
    relative("", path)
}

fn is_internal(part: &Part) -> bool {
    part.edition != Audience::Public
}

/// The paths that no crawler may list, as `/name/`. One path for all where nothing is public.
fn unlisted(parts: &[Part]) -> Vec<String> {
    if parts.iter().all(is_internal) {
        return vec!["/".into()];
    }
    let mut paths = Vec::new();
    for part in parts.iter().filter(|part| is_internal(part)) {
        if part.folder.is_empty() {
            paths.extend(part.variants.iter().map(|name| format!("/{}/", path(name))));
        } else {
            paths.push(format!("/{}/", path(part.folder)));
        }
    }
    paths
}

/// `_headers`, as Netlify and Cloudflare Pages read it. Where several rules fit, they send the
/// values of all: so how long a page may be kept is left to them, which is not at all.
fn netlify(parts: &[Part], assets: &[String], security: &[(&str, String)]) -> String {
    let mut text = String::from("# Read by Netlify, Cloudflare Pages and others.\n/*\n");
    for (name, value) in security {
        let _ = writeln!(text, "  {name}: {value}");
    }
    text += "# Where every host below this one has a certificate:\n#  Strict-Transport-Security: max-age=31536000\n";
    for path in assets {
        let _ = writeln!(text, "{path}*\n  Cache-Control: {FOR_EVER}");
    }
    for path in unlisted(parts) {
        let _ = writeln!(text, "{path}*\n  X-Robots-Tag: noindex");
    }
    text
}

/// For nginx. A location with a header of its own would lose those of the server: `expires` is none.
fn nginx(parts: &[Part], assets: &[String], security: &[(&str, String)]) -> String {
    let mut text = String::from(
        "# In the `server` block of nginx: include /srv/guidebook/headers.nginx.conf;\n\
         # after that, a location that adds a header of its own has to repeat these.\n",
    );
    for (name, value) in security {
        let _ = writeln!(text, "add_header {name} \"{value}\" always;");
    }
    text += "# Where every host below this one has a certificate:\n# add_header Strict-Transport-Security \"max-age=31536000\" always;\n";
    if parts.iter().all(is_internal) {
        text += "add_header X-Robots-Tag \"noindex\" always;\n";
    }
    text += "error_page 404 /404.html;\n# Files that are compressed already are sent as they are.\ngzip_static on;\n\
             # A page is asked for anew each time; what has its fingerprint in its name never changes.\nexpires -1;\n";
    for path in assets {
        let _ = writeln!(text, "location ^~ {path} {{ expires 1y; }}");
    }
    text += "location ~ \\.webmanifest$ { types { } default_type application/manifest+json; }\n\
             location ~ /(_headers|headers\\.(nginx\\.conf|caddy)|\\.redbinder)$ { return 404; }\n";
    text
}

/// For Caddy.
fn caddy(parts: &[Part], assets: &[String], security: &[(&str, String)]) -> String {
    let mut text = String::from(
        "# In the site's block of the Caddyfile: import /srv/guidebook/headers.caddy\n\
         # and for files that are compressed already: file_server { precompressed gzip }\nheader {\n",
    );
    for (name, value) in security {
        let _ = writeln!(text, "\t{name} \"{value}\"");
    }
    text += "\t# Where every host below this one has a certificate:\n\t# Strict-Transport-Security \"max-age=31536000\"\n}\n";
    let unlisted: Vec<String> = unlisted(parts).iter().map(|path| format!("{path}*")).collect();
    if !unlisted.is_empty() {
        let _ =
            writeln!(text, "@unlisted path {}\nheader @unlisted X-Robots-Tag noindex", unlisted.join(" "));
    }
    let assets: Vec<String> = assets.iter().map(|path| format!("{path}*")).collect();
    let assets = assets.join(" ");
    let _ = writeln!(text, "@kept path {assets}\nheader @kept Cache-Control \"{FOR_EVER}\"");
    let _ = writeln!(text, "@fresh not path {assets}\nheader @fresh Cache-Control no-cache");
    text += "@own path */_headers */headers.nginx.conf */headers.caddy */.redbinder\nrespond @own 404\n";
    text
}

/// What crawlers are told (RFC 9309). The folder of an internal edition is not named, since anybody
/// can read this file: its pages and headers say that they are not to be listed.
fn robots(config: &Config, root: &str, parts: &[Part]) -> String {
    let mut text = String::from("User-agent: *\n");
    match parts.iter().find(|part| part.folder.is_empty()) {
        Some(part) if !is_internal(part) => text += "Allow: /\n",
        _ => {
            text += "Disallow: /\n";
            for part in parts.iter().filter(|part| !is_internal(part)) {
                let _ = writeln!(text, "Allow: /{}/", path(part.folder));
            }
        }
    }
    let has_public = parts.iter().any(|part| !is_internal(part));
    if let Some(base) = config.base_url.as_ref().filter(|_| has_public && root.is_empty()) {
        let _ = writeln!(text, "Sitemap: {base}/sitemap.xml");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_what_the_pages_say_and_that_they_are_not_framed() {
        assert_eq!(SECURITY[0].1, format!("{CONTENT_POLICY}; frame-ancestors 'none'"));
    }

    #[test]
    fn what_is_internal_is_not_listed_and_what_is_public_is() {
        let part = |edition, folder| Part { edition, folder, variants: vec!["base", "agency"] };
        let parts = [part(Audience::Responders, ""), part(Audience::Public, "public")];
        assert_eq!(unlisted(&parts), ["/base/", "/agency/"]);
        let config = Config { base_url: Some("https://x.test".into()), ..Config::default() };
        let expected = "User-agent: *\nDisallow: /\nAllow: /public/\nSitemap: https://x.test/sitemap.xml\n";
        assert_eq!(robots(&config, "", &parts), expected);
        let parts = [part(Audience::Public, ""), part(Audience::Staff, "inside")];
        assert_eq!(unlisted(&parts), ["/inside/"]);
        assert!(!robots(&config, "", &parts).contains("inside"));
        assert_eq!(unlisted(&[part(Audience::Staff, "")]), ["/"]);
    }
}
