//! Standard output and standard error of the wallet: the only file here that writes to them.
//!
//! Never knows what is said.

use std::io::{self, IsTerminal, Write};

/// Prints text; an error if nobody reads it any more.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Says what somebody should know, on standard error.
pub fn note(text: &str) {
    let _nobody_listens = writeln!(io::stderr().lock(), "{text}");
}

/// Asks for a line on standard error; none at the end of standard input.
pub fn ask(question: &str) -> Option<String> {
    let _nobody_listens = write!(io::stderr().lock(), "{question}");
    let _nobody_listens = io::stderr().lock().flush();
    let mut line = String::new();
    let read = io::stdin().lock().read_line_bounded(&mut line);
    read.then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Reading a line that may not be longer than a screenful.
trait BoundedLine {
    fn read_line_bounded(self, line: &mut String) -> bool;
}

impl BoundedLine for io::StdinLock<'_> {
    fn read_line_bounded(self, line: &mut String) -> bool {
        use io::{BufRead, Read};
        const LONGEST: u64 = 64 << 10;
        self.take(LONGEST).read_line(line).is_ok_and(|bytes| bytes > 0)
    }
}

/// Whether somebody sits at the keyboard.
pub fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
