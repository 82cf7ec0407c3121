//! A `carbyne dev` process for tests: started in a folder of its own, on a port of its own.

use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a node may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running node.
pub struct Dev {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    _folder: Option<TempDir>,
    /// Its data directory.
    #[allow(dead_code)]
    pub data: PathBuf,
    /// Address of the API.
    pub url: String,
    /// Chain id.
    pub chain_id: String,
    /// The funded account.
    pub account: String,
    /// Its private key.
    pub key: String,
}

/// Memory of a process, MiB.
#[allow(dead_code)]
pub fn memory(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") >> 10
}

impl Dev {
    /// Starts a new chain.
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let mut dev = Self::start_in(&data, options);
        dev._folder = Some(folder);
        dev
    }

    /// Starts in a data directory.
    pub fn start_in(data: &Path, options: &[&str]) -> Self {
        Self::start_at(data, "127.0.0.1:0", options)
    }

    /// Starts in a data directory, listening on an address.
    pub fn start_at(data: &Path, address: &str, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        command.arg("dev").arg("--data-dir").arg(data);
        command.args(["--api", address]).args(options);
        let mut dev = Self::launch(&mut command, data);
        dev.chain_id = dev.wait_for("chain id");
        dev.account = dev.find("account").unwrap_or_default();
        dev.key = dev.find("key").unwrap_or_default();
        dev
    }

    /// Starts `carbyne node` on the chain in a data directory, with these lines under `[api]`.
    #[allow(dead_code)]
    pub fn start_node(data: &Path, api: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        Self::launch(command.args(["node", "--config"]).arg(config(data, api)), data)
    }

    /// Starts `carbyne node` with this configuration beside a data directory.
    #[allow(dead_code)]
    pub fn start_configured(data: &Path, text: &str) -> Self {
        Self::start_configured_with(data, text, &[])
    }

    /// The same, with more options.
    #[allow(dead_code)]
    pub fn start_configured_with(data: &Path, text: &str, options: &[&str]) -> Self {
        let file = data.with_extension("toml");
        std::fs::write(&file, text).expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        Self::launch(command.args(["node", "--config"]).arg(file).args(options), data)
    }

    /// As `start_node`, with a snapshot that a new data directory begins with.
    #[allow(dead_code)]
    pub fn start_from_snapshot(data: &Path, snapshot: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        command.args(["node", "--config"]).arg(config(data, "")).arg("--snapshot-from");
        Self::launch(command.arg(snapshot), data)
    }

    /// Where it takes connections of other nodes.
    #[allow(dead_code)]
    pub fn p2p(&mut self) -> String {
        self.wait_for("p2p")
    }

    /// As `start_node`, with another program if one is named.
    #[allow(dead_code)]
    pub fn start_program(program: &Option<String>, data: &Path, api: &str) -> Self {
        let program = program.as_deref().unwrap_or(env!("CARGO_BIN_EXE_carbyne"));
        let mut command = Command::new(program);
        Self::launch(command.args(["node", "--config"]).arg(config(data, api)), data)
    }

    /// As `start_node`, in a process that may never have more than so many files open.
    #[allow(dead_code)]
    pub fn start_node_with_files(data: &Path, api: &str, files: u32) -> Self {
        let script = format!("ulimit -n {files}; exec \"$0\" node --config \"$1\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_carbyne"));
        Self::launch(command.arg(config(data, api)), data)
    }

    fn launch(command: &mut Command, data: &Path) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the node starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        collect(child.stdout.take().expect("its output"), lines.clone());
        collect(child.stderr.take().expect("its errors"), lines.clone());
        let mut dev = Self {
            child,
            lines,
            _folder: None,
            data: data.to_path_buf(),
            url: String::new(),
            chain_id: String::new(),
            account: String::new(),
            key: String::new(),
        };
        dev.url = dev.wait_for("api");
        dev
    }

    fn find(&self, name: &str) -> Option<String> {
        let lines = self.lines.lock().expect("lines");
        let line = lines.iter().find(|line| line.starts_with(&format!("{name} ")))?;
        line.split_whitespace().last().map(str::to_owned)
    }

    /// Waits until a line begins with `name`; its last word.
    fn wait_for(&mut self, name: &str) -> String {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(value) = self.find(name) {
                return value;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the node ended with {status}: {}", self.said());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the node did not say its {name}: {}", self.said());
    }

    /// A client of its interface.
    #[allow(dead_code)]
    pub fn client(&self) -> Client {
        Client { address: self.url.trim_start_matches("ws://").to_owned() }
    }

    /// Number of its process.
    #[allow(dead_code)]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it printed.
    pub fn said(&self) -> String {
        self.lines.lock().expect("lines").join("\n")
    }

    /// Sends a signal and waits until the process has ended; how long that took.
    #[allow(dead_code)]
    pub fn stop(&mut self, signal: &str) -> Duration {
        let start = Instant::now();
        let id = self.child.id().to_string();
        Command::new("kill").args([signal, &id]).status().expect("kill");
        self.child.wait().expect("the node ends");
        start.elapsed()
    }
}

/// Calls a node over HTTP.
#[derive(Clone)]
#[allow(dead_code)]
pub struct Client {
    address: String,
}

#[allow(dead_code)]
impl Client {
    /// A client of another endpoint.
    pub fn at(address: &str) -> Self {
        Self { address: address.to_owned() }
    }

    /// Sends a body; gives back status line and answer.
    pub fn post(&self, body: &str) -> io::Result<(String, Value)> {
        let (status, body) = self.request("POST /", body)?;
        Ok((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
    }

    /// Gets a page; gives back status line and text.
    pub fn get(&self, path: &str) -> io::Result<(String, String)> {
        self.request(&format!("GET {path}"), "")
    }

    fn request(&self, what: &str, body: &str) -> io::Result<(String, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        let request = format!(
            "{what} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = head.lines().next().unwrap_or_default().to_owned();
        Ok((status, body.to_owned()))
    }

    /// Calls a method of an API; gives back the whole answer.
    pub fn call(&self, api: &str, method: &str, arguments: Value) -> io::Result<Value> {
        let body = json!({ "id": 1, "method": "call", "params": [api, method, arguments] });
        Ok(self.post(&body.to_string())?.1)
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

/// A configuration file beside a data directory.
fn config(data: &Path, api: &str) -> PathBuf {
    let file = data.with_extension("toml");
    let text = format!("data_dir = {data:?}\n[api]\nlisten = \"127.0.0.1:0\"\n{api}\n");
    std::fs::write(&file, text).expect("written");
    file
}

fn collect(stream: impl std::io::Read + Send + 'static, lines: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            lines.lock().expect("lines").push(line);
        }
    });
}
