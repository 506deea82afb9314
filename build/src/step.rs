//! A step of the build that knows whether it is due, and says what it does while it does it.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// Runs `work` if `inputs` are not those of the last time it succeeded or one of its `outputs` is gone.
///
/// Inputs are files or folders; this program itself is always one, so that a changed step is done again.
pub fn step(
    dist: &Path,
    name: &str,
    inputs: &[PathBuf],
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let stamp = dist.join(".stamps").join(name.replace(' ', "-"));
    let digest = digest(inputs).with_context(|| format!("reading the inputs of {name}"))?;
    if fs::read_to_string(&stamp).is_ok_and(|last| last == digest) && outputs.iter().all(|output| output.exists()) {
        return Ok(());
    }
    print!("  {name} ... ");
    std::io::stdout().flush()?;
    let start = Instant::now();
    work().with_context(|| format!("{name} failed"))?;
    println!("{:.1} s", start.elapsed().as_secs_f64());
    fs::create_dir_all(dist.join(".stamps"))?;
    fs::write(stamp, digest)?;
    Ok(())
}

/// After so long somebody wants to know what it is that takes its time.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs a command that knows by itself whether there is anything to do, and says what it is unless that ends at once, on
/// lines of its own: another may be running beside it. Gives whether it succeeded.
pub fn told(name: &str, command: &mut Command) -> Result<bool> {
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("{name} cannot start"))?;
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        thread::sleep(Duration::from_millis(20));
    }
    println!("  {name} ...");
    let status = child.wait()?;
    println!("  {name}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(status.success())
}

/// Runs a command and shows what it said if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("cannot start {name}"))?;
    if !output.status.success() {
        bail!(
            "{name} ended with {}:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

/// All files below a folder, sorted, or the file itself.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))? {
        found.extend(files(&entry?.path())?);
    }
    found.sort();
    Ok(found)
}

fn digest(inputs: &[PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    let program = std::env::current_exe()?.metadata()?;
    hash.update(format!("{} {:?}", program.len(), program.modified()?));
    for input in inputs {
        for file in files(input)? {
            hash.update(file.to_string_lossy().as_bytes());
            hash.update(Sha256::digest(fs::read(file)?));
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
