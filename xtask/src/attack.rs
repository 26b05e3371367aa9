//! `cargo xtask attack`: tools that nobody here wrote, turned against a real portal with invented people.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::Value;

use crate::command::{command, run as run_aloud, say, words_of};
use crate::needs::meet_packages;

/// Each tool, in an environment of its own, for their dependencies do not agree.
const TOOLS: [(&str, &str); 3] =
    [("sqlmap", "sqlmap==1.10.10"), ("wapiti", "wapiti3==3.2.3"), ("schemathesis", "schemathesis==4.32.5")];

/// What wapiti tries; what needs a server on the Internet to call back is left out.
const WAPITI_MODULES: &str = "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,ldap,log4shell,methods,\
     permanentxss,redirect,shellshock,spring4shell,sql,timesql,upload,xss";

/// How long the tools may try.
#[derive(Debug, Args)]
pub(crate) struct Attack {
    /// Seconds for each form with sqlmap, for each of wapiti's two crawls and each of its modules, and for the fuzzing of
    /// all routes.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Only this tool.
    #[arg(long)]
    tool: Option<String>,
}

/// A portal that runs until this is dropped.
struct Target {
    process: Child,
    address: String,
}

impl Drop for Target {
    fn drop(&mut self) {
        // Its input ends, and with it the portal.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Runs the tools; their reports are left in `target/attack`.
pub(crate) fn run(root: &Path, attack: &Attack) -> anyhow::Result<()> {
    meet_packages(root, &[("python3", "python3"), ("/usr/share/doc/python3-venv", "python3-venv")])?;
    let folder = root.join("target/attack");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let target = target(root, &folder)?;
    let only = attack.tool.as_deref();
    for (tool, package) in TOOLS.into_iter().filter(|(tool, _)| only.is_none_or(|only| only == *tool)) {
        let programs = installed(&folder, tool, package)?;
        match tool {
            "sqlmap" => sqlmap(&folder, &programs, &target, attack)?,
            "wapiti" => wapiti(&folder, &programs, &target, attack)?,
            _ => schemathesis(&folder, &programs, &target, attack)?,
        }
    }
    let log = fs::read_to_string(folder.join("portal/err.log")).unwrap_or_default();
    let faults = log.lines().filter(|line| line.contains("ERROR") || line.contains("status=500")).count();
    say(&format!("the portal logged {faults} faults; the reports are in {}", folder.display()));
    if faults > 0 {
        bail!("the portal failed {faults} times; see {}", folder.join("portal/err.log").display());
    }
    Ok(())
}

/// The folder of a tool's programs, which is made if it is not there.
fn installed(folder: &Path, tool: &str, package: &str) -> anyhow::Result<PathBuf> {
    let environment = folder.join(format!("environment-{tool}"));
    let programs = environment.join("bin");
    if !programs.join(tool).exists() {
        run_aloud(command(folder, &["python3", "-m", "venv"]).arg(&environment))?;
        let pip = programs.join("pip");
        run_aloud(&mut command(folder, &[&pip.to_string_lossy(), "install", "--quiet", package]))?;
    }
    Ok(programs)
}

/// Starts the portal. It is built for tests: there a number that overflows is a fault, not a wrong number.
fn target(root: &Path, folder: &Path) -> anyhow::Result<Target> {
    let build = ["cargo", "build", "--package", "zaguan", "--package", "zaguan-testing", "--bin", "zaguan"];
    let directory = root.join("target");
    let mut build = command(root, &build);
    run_aloud(build.args(["--example", "attack", "--target-dir"]).arg(&directory))?;
    let mut portal = command(folder, &[&directory.join("debug/examples/attack").to_string_lossy()]);
    portal.arg(directory.join("debug/zaguan")).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    say(&format!("==> {}", words_of(&portal)));
    let mut process = portal.spawn().context("the portal does not start")?;
    let mut address = String::new();
    let output = process.stdout.take().context("the portal has no output")?;
    BufReader::new(output).read_line(&mut address)?;
    let target = Target { process, address: format!("http://{}", address.trim()) };
    if address.trim().is_empty() {
        bail!("the portal did not start; see {}", folder.join("portal/err.log").display());
    }
    Ok(target)
}

/// The cookies of somebody who is signed in.
fn signed_in(folder: &Path) -> anyhow::Result<String> {
    fs::read_to_string(folder.join("cookies.txt")).context("the portal left no cookies")
}

/// Every form, each of its fields, and the cookies; those of the account as somebody who is signed in.
fn sqlmap(folder: &Path, programs: &Path, target: &Target, attack: &Attack) -> anyhow::Result<()> {
    let description = fs::read_to_string(folder.join("openapi.json"))?;
    for (path, form) in forms(&serde_json::from_str(&description)?) {
        let report = folder.join("sqlmap").join(path.trim_matches(['/', '*']).replace('/', "-"));
        fs::create_dir_all(&report)?;
        let mut sqlmap = command(folder, &[&programs.join("sqlmap").to_string_lossy()]);
        sqlmap.args(["--batch", "--flush-session", "--disable-coloring", "--level", "3", "--risk", "2"]);
        sqlmap.args(["--dbms", "SQLite", "--time-limit", &attack.seconds.to_string()]);
        sqlmap.args(["--headers", "Sec-Fetch-Site: same-origin", "--ignore-code", "*", "--ignore-redirects"]);
        sqlmap.args(["--url", &format!("{}{path}", target.address), "--data", &form, "--drop-set-cookie"]);
        if path.starts_with("/cuenta") {
            sqlmap.args(["--cookie", &signed_in(folder)?]);
        }
        sqlmap.arg("--output-dir").arg(&report).stdout(fs::File::create(report.join("sqlmap.txt"))?);
        run_tool(&mut sqlmap)?;
        let said = fs::read_to_string(report.join("sqlmap.txt"))?;
        let found = said.contains("is vulnerable") || said.contains("identified the following injection");
        say(&format!(
            "sqlmap: {path}: {}",
            if found { "INJECTION FOUND" } else { "nothing injectable found" }
        ));
        if found {
            bail!("sqlmap says that {path} can be injected; see {}", report.display());
        }
    }
    Ok(())
}

/// The forms of the description: each path, with a mark where it takes a token, and its fields filled in.
fn forms(description: &Value) -> Vec<(String, String)> {
    let paths = description["paths"].as_object().into_iter().flatten();
    let forms = paths.filter_map(|(path, methods)| {
        let content = &methods["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"];
        let fields = content["schema"]["properties"].as_object()?;
        let filled = fields
            .iter()
            .map(|(name, field)| format!("{name}={}", field["example"].as_str().unwrap_or_default()));
        let filled = filled.collect::<Vec<_>>().join("&");
        // A button has no fields, and a tool sends nothing without one.
        let filled = if filled.is_empty() { "nada=1".to_owned() } else { filled };
        Some((path.replace("{token}", "AAAA*"), filled))
    });
    forms.collect()
}

/// The whole site, signed out and signed in.
fn wapiti(folder: &Path, programs: &Path, target: &Target, attack: &Attack) -> anyhow::Result<()> {
    for (name, cookies) in [("signed-out", None), ("signed-in", Some(signed_in(folder)?))] {
        let report = folder.join(format!("wapiti-{name}.json"));
        let mut wapiti = command(folder, &[&programs.join("wapiti").to_string_lossy()]);
        wapiti.args(["--url", &format!("{}/", target.address), "--scope", "domain", "--flush-session"]);
        wapiti.args(["--module", WAPITI_MODULES, "--level", "2", "--no-bugreport", "--verify-ssl", "0"]);
        // The first bounds the crawl, the second each module.
        let seconds = attack.seconds.to_string();
        wapiti.args(["--max-scan-time", &seconds, "--max-attack-time", &seconds]);
        wapiti.args(["--exclude", &format!("{}/salir", target.address)]);
        wapiti.args(["--header", "Sec-Fetch-Site: same-origin", "--format", "json", "--output"]).arg(&report);
        wapiti.arg("--store-session").arg(folder.join(format!("wapiti-{name}")));
        if let Some(cookies) = cookies {
            // No page for everybody leads to the account; and whoever ends this session ends the attack.
            wapiti.args(["--header", &format!("Cookie: {cookies}")]);
            wapiti.args(["--start", &format!("{}/cuenta", target.address)]);
            wapiti.args(["--exclude", &format!("{}/cuenta/sesiones", target.address)]);
        }
        let output = folder.join(format!("wapiti-{name}.txt"));
        run_tool(wapiti.stdout(fs::File::create(&output)?))?;
        for cut in fs::read_to_string(&output)?.lines().filter(|line| line.contains("time was reached")) {
            say(&format!("wapiti, {name}: {cut}"));
        }
        let found: Value = serde_json::from_str(&fs::read_to_string(&report)?)?;
        for kind in ["vulnerabilities", "anomalies"] {
            let named = found[kind].as_object().into_iter().flatten();
            for (what, cases) in
                named.filter(|(_, cases)| cases.as_array().is_some_and(|all| !all.is_empty()))
            {
                say(&format!("wapiti, {name}: {what}: {}", cases.as_array().map_or(0, Vec::len)));
            }
        }
    }
    Ok(())
}

/// Every route of the table, with values that nobody would think of.
fn schemathesis(folder: &Path, programs: &Path, target: &Target, attack: &Attack) -> anyhow::Result<()> {
    let mut fuzzer =
        command(folder, &[&programs.join("schemathesis").to_string_lossy(), "run", "openapi.json"]);
    fuzzer.args([
        "--url",
        &target.address,
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "2000",
    ]);
    fuzzer.args(["--checks", "not_a_server_error,status_code_conformance,unsupported_method"]);
    fuzzer.args(["--max-time", &attack.seconds.to_string(), "--continue-on-failure", "--no-color"]);
    fuzzer.args([
        "--header",
        "Sec-Fetch-Site: same-origin",
        "--report",
        "junit",
        "--report-dir",
        "schemathesis",
    ]);
    // Who is signed in does not sign out on the way.
    fuzzer.args(["--header", &format!("Cookie: {}", signed_in(folder)?), "--exclude-path", "/salir"]);
    run_tool(fuzzer.stdout(fs::File::create(folder.join("schemathesis.txt"))?))?;
    let said = fs::read_to_string(folder.join("schemathesis.txt"))?;
    let from = said.find("SUMMARY").unwrap_or(0);
    say(said.get(from..).unwrap_or(&said));
    Ok(())
}

/// Runs a tool to its end. Its status tells whether it found something, which its report tells better.
fn run_tool(tool: &mut std::process::Command) -> anyhow::Result<()> {
    let words = words_of(tool);
    say(&format!("==> {words}"));
    tool.status().with_context(|| format!("could not run `{words}`")).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_the_description_is_attacked_with_all_of_its_fields() {
        let field = json!({ "type": "string", "example": "12" });
        let schema = json!({ "properties": { "clave": { "example": "x" }, "usuario": field } });
        let post = json!({ "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": schema } } } });
        let button = json!({ "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema":
            { "properties": {} } } } } });
        let paths = json!({ "/enlace/{token}": { "post": button }, "/guia": { "get": {} },
            "/ingreso": { "get": {}, "post": post } });
        let found = forms(&json!({ "paths": paths }));
        let expected = [("/enlace/AAAA*", "nada=1"), ("/ingreso", "clave=x&usuario=12")];
        assert_eq!(found, expected.map(|(path, form)| (path.to_owned(), form.to_owned())));
    }
}
