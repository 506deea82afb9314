//! A Cap'n Proto configuration for workerd, made from `wrangler.toml` and the Worker's files.
//!
//! On Cloudflare the platform supplies bindings; here the configuration does: Durable Objects keep their SQLite files in
//! the folder that `workerd serve -d state=FOLDER` names, secrets come from the environment, the dashboard from the
//! folder `-d assets=FOLDER`, segments of the raw log go to the folder `-d log=FOLDER`, and the origin is one address on
//! this machine (`-e origin=HOST:PORT`); build/workerd.mjs puts a site in its place. Messages leave through `egress`
//! alone; `demo` is the process that simulates visitors, which no other deployment has, and
//! `issuer` a provider of sign-ins on this machine.

use crate::Tree;
use crate::step::files;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Bindings that come from the environment of the process: secrets, and what depends on the port.
const ENVIRONMENT: &[&str] = &[
    "MAIL_URL",
    "MAIL_FROM",
    "MAIL_KEY",
    "MODEL_URL",
    "MODEL_NAME",
    "MODEL_KEY",
    "OIDC_ISSUER",
    "OIDC_AUDIENCE",
    "OIDC_KEYS",
    "EGRESS_HOSTS",
    "COOKIE_DOMAIN",
    "IP_HEADER",
    "PREFIX",
    "RELAY_PACE",
    "SHOW_VARIANTS",
    "VARIANT_CACHE",
    "SITES",
    "CONSOLE_HOST",
    "ORIGIN_URL",
    "UNIT_KEYS",
    "PROJECT_KEY",
    "PUBLISH_KEY",
    "PUBLISH_PUBLIC_KEY",
    "ADMIN_TOKEN_HASH",
    "DEV_CLOCK",
    "DEMO_RECEIVER",
];

#[derive(Deserialize)]
struct Wrangler {
    compatibility_date: String,
    #[serde(default)]
    compatibility_flags: Vec<String>,
    #[serde(default)]
    vars: BTreeMap<String, String>,
    durable_objects: DurableObjects,
}

#[derive(Deserialize)]
struct DurableObjects {
    bindings: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    name: String,
    class_name: String,
}

/// Writes `dist/workerd.capnp`.
pub fn configure(tree: &Tree) -> Result<()> {
    let out = tree.dist.join("workerd.capnp");
    let text = render(&fs::read_to_string(tree.root.join("wrangler.toml"))?, &tree.dist.join("worker"))?;
    if fs::read_to_string(&out).is_ok_and(|last| last == text) {
        return Ok(());
    }
    println!("  configuring workerd");
    Ok(fs::write(out, text)?)
}

fn render(toml: &str, worker: &Path) -> Result<String> {
    let wrangler: Wrangler = toml::from_str(toml).context("wrangler.toml is not as expected")?;
    let mut modules = String::new();
    // The entry stands first: that is how workerd knows it.
    let mut all = files(worker)?;
    all.sort_by_key(|file| !file.ends_with("shim.mjs"));
    for file in all {
        let name = file.strip_prefix(worker)?.to_string_lossy().into_owned();
        let kind = match name.rsplit('.').next() {
            Some("js" | "mjs") => "esModule",
            Some("wasm") => "wasm",
            Some("txt" | "html") => "text",
            Some("bin") => "data",
            _ => bail!("{name}: wrangler.toml has no rule for such a file"),
        };
        writeln!(modules, "    (name = \"{name}\", {kind} = embed \"worker/{name}\"),")?;
    }
    let mut bindings = String::new();
    for (name, service) in [
        ("ORIGIN", "origin"),
        ("ASSETS", "assets"),
        ("EGRESS", "egress"),
        ("DEMO", "demo"),
        ("ISSUER", "issuer"),
        ("LOG", "log"),
    ] {
        writeln!(bindings, "    (name = \"{name}\", service = \"{service}\"),")?;
    }
    for (name, value) in wrangler.vars.iter().filter(|(name, _)| !ENVIRONMENT.contains(&name.as_str())) {
        writeln!(bindings, "    (name = \"{name}\", text = {value:?}),")?;
    }
    for name in ENVIRONMENT {
        writeln!(bindings, "    (name = \"{name}\", fromEnvironment = \"{name}\"),")?;
    }
    let mut objects = String::new();
    for Object { name, class_name } in &wrangler.durable_objects.bindings {
        writeln!(bindings, "    (name = \"{name}\", durableObjectNamespace = \"{class_name}\"),")?;
        writeln!(
            objects,
            "    (className = \"{class_name}\", uniqueKey = \"pointsman-{class_name}\", enableSql = true),"
        )?;
    }
    let flags: Vec<_> = wrangler.compatibility_flags.iter().map(|flag| format!("{flag:?}")).collect();
    Ok(format!(
        r#"# Made from wrangler.toml by build/. Changes here are lost.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "pointsman", worker = .pointsman),
    (name = "origin", external = (address = "127.0.0.1:9", http = ())),
    (name = "state", disk = (writable = true)),
    (name = "assets", disk = ()),
    (name = "log", disk = (writable = true, allowDotfiles = false)),
    (name = "egress", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
    (name = "demo", external = (address = "127.0.0.1:9", http = ())),
    (name = "issuer", external = (address = "127.0.0.1:9", http = ())),
    (name = "cache", worker = .cache),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "pointsman")],
);

const pointsman :Workerd.Worker = (
  compatibilityDate = "{date}",
  compatibilityFlags = [{flags}],
  modules = [
{modules}  ],
  bindings = [
{bindings}  ],
  durableObjectNamespaces = [
{objects}  ],
  durableObjectStorage = (localDisk = "state"),
  cacheApiOutbound = "cache",
);

const cache :Workerd.Worker = (
  compatibilityDate = "{date}",
  modules = [(name = "cache.mjs", esModule = embed "worker/cache.mjs")],
);
"#,
        date = wrangler.compatibility_date,
        flags = flags.join(", "),
    ))
}
