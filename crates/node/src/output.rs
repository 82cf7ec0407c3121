//! Standard output and standard error: the only file that writes to them.
//!
//! Invariant: what a node has to say never ends it and never makes it wait, whatever became of
//! those who were to read it. Commands that only answer learn it, and end. This file must never
//! know what is said.

use anyhow::Error;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// Lines that may wait to be read; later ones are lost.
const LINES_WAITING: usize = 10_000;
/// How long the end of the process waits for them.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);

/// Nobody reads the answer any more.
#[derive(Debug, thiserror::Error)]
#[error("standard output is closed")]
struct Closed;

/// Where a line goes.
#[derive(Clone, Copy, Debug)]
enum Stream {
    Output,
    Errors,
}

enum Message {
    Line(Stream, Vec<u8>),
    /// Everything before was written, as far as that was possible.
    Flush(SyncSender<()>),
}

/// The way to the thread that writes, once there is one.
static WRITER: OnceLock<SyncSender<Message>> = OnceLock::new();
/// Lines that found no room.
static LOST: AtomicU64 = AtomicU64::new(0);

/// Prints a line of an answer.
pub fn line(line: Arguments<'_>) -> Result<(), Error> {
    text(&format!("{line}\n"))
}

/// Prints the text of an answer as it is.
pub fn text(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(failed)
}

/// What it means that standard output cannot be written.
pub fn failed(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::BrokenPipe => Closed.into(),
        _ => Error::new(error).context("cannot write to standard output"),
    }
}

/// Whether a command failed only because nobody reads its answer.
pub fn is_closed(error: &Error) -> bool {
    error.is::<Closed>()
}

/// Says how a command that goes on is getting on.
pub fn tell(line: Arguments<'_>) {
    send(Stream::Output, format!("{line}\n").into_bytes());
}

/// Says what somebody should know, on standard error.
pub fn note(line: Arguments<'_>) {
    send(Stream::Errors, format!("carbyne: {line}\n").into_bytes());
}

/// An error and what caused it in one line; what the one already says the other does not repeat.
pub fn describe(error: &Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(|cause| cause.to_string().trim_end().replace('\n', " ")) {
        match text.as_str() {
            "" => text = cause,
            said if said.contains(&cause) => {}
            said => text = format!("{said}: {cause}"),
        }
    }
    text
}

/// Whether standard error is to have colours.
pub fn has_colours() -> bool {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !is_unwanted
}

/// Whether somebody reads standard output on a terminal.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether somebody sees standard output, and in colours.
pub fn is_shown() -> bool {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    is_terminal() && !is_unwanted
}

/// Takes what is logged to standard error.
pub struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        send(Stream::Errors, bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From here on a thread of its own writes, so that whoever has something to say need not wait.
pub fn start_writer() {
    let (sender, messages) = sync_channel(LINES_WAITING);
    let writer = std::thread::Builder::new().name("output".into());
    if writer.spawn(move || write_all(&messages)).is_ok() {
        let _there_is_one_already = WRITER.set(sender);
    }
}

/// Waits until everything is written, though not for ever.
pub fn finish() {
    let Some(writer) = WRITER.get() else { return };
    let (sender, done) = sync_channel(1);
    if writer.try_send(Message::Flush(sender)).is_ok() {
        let _written_or_not = done.recv_timeout(FLUSH_LIMIT);
    }
}

fn send(stream: Stream, bytes: Vec<u8>) {
    match WRITER.get() {
        None => write(stream, &bytes),
        Some(writer) => {
            if writer.try_send(Message::Line(stream, bytes)).is_err() {
                LOST.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

fn write_all(messages: &Receiver<Message>) {
    for message in messages {
        let lost = LOST.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let line = format!("carbyne: {lost} lines were lost here, nobody read them in time\n");
            write(Stream::Errors, line.as_bytes());
        }
        match message {
            Message::Line(stream, bytes) => write(stream, &bytes),
            Message::Flush(done) => {
                let _nobody_waits = done.send(());
            }
        }
    }
}

fn write(stream: Stream, bytes: &[u8]) {
    let _nobody_reads_it = match stream {
        Stream::Output => {
            let mut out = io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        }
        Stream::Errors => io::stderr().lock().write_all(bytes),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn what_is_said_once_is_not_said_again() {
        let missing = || io::Error::from(ErrorKind::NotFound);
        for (error, expected) in [
            (anyhow!("a"), "a"),
            (anyhow!("a").context("b"), "b: a"),
            (Error::new(missing()).context("cannot read x"), "cannot read x: entity not found"),
            (
                Error::new(missing()).context("cannot read x: entity not found").context("c"),
                "c: cannot read x: entity not found",
            ),
            (anyhow!("two\nlines\n"), "two lines"),
        ] {
            assert_eq!(describe(&error), expected);
        }
    }
}
