//! How a second command reaches a network that runs: a socket in its folder.
//!
//! Invariant: each order is one line and gets one line. This file must never know how an order is
//! carried out.

use super::Order;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

/// The socket in the folder.
const SOCKET: &str = "control";
/// How long an order may take to come, and to be carried out.
const LIMIT: Duration = Duration::from_secs(30);

/// Whom to tell what became of an order.
pub(super) type Reply = SyncSender<Result<String>>;

/// Orders that came.
pub(super) struct Orders {
    lines: Receiver<(String, Reply)>,
    nodes: usize,
}

/// The socket, which goes with this.
pub(super) struct Control(PathBuf);

impl Drop for Control {
    fn drop(&mut self) {
        let _gone_already = fs::remove_file(&self.0);
    }
}

/// Takes orders for a network of so many nodes.
pub(super) fn listen(folder: &Path, nodes: usize) -> Result<(Orders, Control)> {
    let path = folder.join(SOCKET);
    if UnixStream::connect(&path).is_ok() {
        bail!("a network runs in {}: end it with --down", folder.display());
    }
    let _left_by_one_that_was_killed = fs::remove_file(&path);
    let listener = UnixListener::bind(&path)
        .with_context(|| format!("cannot make the socket {}", path.display()))?;
    let (sender, lines) = channel();
    std::thread::Builder::new().name("orders".into()).spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let _the_asker_is_gone = serve(stream, &sender);
        }
    })?;
    Ok((Orders { lines, nodes }, Control(path)))
}

fn serve(mut stream: UnixStream, orders: &Sender<(String, Reply)>) -> Result<()> {
    stream.set_read_timeout(Some(LIMIT))?;
    let mut line = String::new();
    BufReader::new(stream.try_clone()?).read_line(&mut line)?;
    let (reply, answer) = sync_channel(1);
    orders.send((line, reply))?;
    let (word, text) = match answer.recv_timeout(LIMIT)? {
        Ok(text) => ("ok", text),
        Err(error) => ("error", format!("{error:#}")),
    };
    Ok(writeln!(stream, "{word} {text}")?)
}

impl Orders {
    /// The next order, if one comes in time; nonsense is answered at once.
    pub(super) fn next(&self, limit: Duration) -> Option<(Order, Reply)> {
        let (line, reply) = self.lines.recv_timeout(limit).ok()?;
        match Order::parse(&line, self.nodes) {
            Ok(order) => Some((order, reply)),
            Err(error) => {
                let _gone = reply.send(Err(error));
                None
            }
        }
    }
}

/// Gives an order to the network that runs in a folder; what became of it.
pub fn send(folder: &Path, order: &str) -> Result<String> {
    let mut stream = UnixStream::connect(folder.join(SOCKET))
        .with_context(|| format!("no network runs in {}", folder.display()))?;
    stream.set_read_timeout(Some(LIMIT))?;
    writeln!(stream, "{order}")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    match answer.trim().split_once(' ') {
        Some(("ok", text)) => Ok(text.to_owned()),
        Some((_, text)) => bail!("{text}"),
        None => bail!("the network ended before it answered"),
    }
}
