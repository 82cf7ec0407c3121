//! A PostgreSQL of a test: in a folder of its own, reached over a socket there, gone with the test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Debian keeps the server's programs out of the path, in a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";
const MISSING: &str = "PostgreSQL is not installed: there is no initdb in PATH or in \
    /usr/lib/postgresql; install it (Debian: apt-get install postgresql)";

/// A PostgreSQL that runs.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    options: &'static [&'static str],
    server: Option<Child>,
}

impl Cluster {
    /// Makes one and starts it. Processes are killed here, not machines: what was handed to the
    /// system is safe, so it need not wait for the disk.
    pub fn start() -> Self {
        Self::with(&["-c", "fsync=off"])
    }

    /// Makes one with these options and starts it.
    pub fn with(options: &'static [&'static str]) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().expect("a temporary folder");
        let mut cluster = Self { programs: programs(), folder, options, server: None };
        if is_root() {
            let mut chown = Command::new("chown");
            run(chown.arg("postgres").arg(cluster.folder.path()));
        }
        let mut initdb = cluster.command("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--locale=C", "--encoding=UTF8"]);
        run(initdb.arg("--no-sync").arg(cluster.data()));
        cluster.resume();
        cluster
    }

    /// Starts the server, whatever its end was.
    pub fn resume(&mut self) {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            self.launch();
            while self.is_running() {
                if postgres::Client::connect(&self.url(), postgres::NoTls).is_ok() {
                    return;
                }
                assert!(started.elapsed() < PATIENCE, "PostgreSQL does not answer");
                std::thread::sleep(Duration::from_millis(20));
            }
            // Processes of the one that was killed are still about to end.
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL does not start: {}", self.log());
    }

    /// How to connect to it.
    pub fn url(&self) -> String {
        format!("host={} user=postgres dbname=postgres", self.folder.path().display())
    }

    /// Sends a signal, such as -KILL, and waits for the server's end.
    pub fn stop(&mut self, signal: &str) {
        let Some(mut server) = self.server.take() else { return };
        // What runs as another user is not the server itself, so its own file says who it is.
        let lines = std::fs::read_to_string(self.data().join("postmaster.pid"));
        if let Some(id) = lines.unwrap_or_default().lines().next() {
            let _gone_already = Command::new("kill").args([signal, id]).status();
        }
        let _gone_already = server.wait();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn is_running(&mut self) -> bool {
        self.server.as_mut().is_some_and(|server| matches!(server.try_wait(), Ok(None)))
    }

    fn launch(&mut self) {
        let log = std::fs::File::create(self.folder.path().join("log")).expect("a log");
        let mut server = self.command("postgres");
        server.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path());
        server.args(["-c", "listen_addresses="]).args(self.options);
        server.stdout(Stdio::null()).stderr(log);
        self.server = Some(server.spawn().expect("PostgreSQL starts"));
    }

    /// A program of PostgreSQL, which refuses to work for root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop("-QUIT");
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id");
    output.stdout.trim_ascii() == b"0"
}

fn run(command: &mut Command) {
    let output = command.output().expect("a program that is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The folder of initdb.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let mut folders = std::env::split_paths(&path).chain(debian.into_iter().rev());
    folders.find(|folder: &PathBuf| is_program(&folder.join("initdb"))).expect(MISSING)
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}
