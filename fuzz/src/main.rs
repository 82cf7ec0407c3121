//! `cargo xtask fuzz [--target NAME] [--seconds N | --inputs N] [--seed S]`: mutants of the
//! corpora, on all processors, and how many there were. An input that breaks something is printed
//! as it goes into the corpus.

use carbyne_fuzz::{ALL, Mutants, Target, corpus};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Inputs between two looks at the clock.
const AT_ONCE: u64 = 100;

struct Options {
    target: Option<String>,
    end: End,
    seed: u64,
}

/// When there were enough.
#[derive(Clone, Copy)]
enum End {
    /// After so many seconds.
    Seconds(u64),
    /// After so many inputs, about.
    Inputs(u64),
}

impl End {
    fn is_reached(self, begin: Instant, inputs: u64) -> bool {
        match self {
            Self::Seconds(seconds) => begin.elapsed() >= Duration::from_secs(seconds),
            Self::Inputs(most) => inputs >= most,
        }
    }
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let is_wanted =
        |target: &&Target| options.target.as_deref().is_none_or(|name| name == target.name);
    let broken = ALL.iter().filter(is_wanted).filter(|target| !holds(target, &options)).count();
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tries a target; says how many inputs it took, and whether it took all.
fn holds(target: &Target, options: &Options) -> bool {
    let (inputs, broken) = (AtomicU64::new(0), AtomicU64::new(0));
    let begin = Instant::now();
    let is_over =
        |inputs: &AtomicU64| options.end.is_reached(begin, inputs.load(Ordering::Relaxed));
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    let kept = corpus(target);
    thread::scope(|scope| {
        for number in 0..threads {
            let seed = options.seed.wrapping_mul(1_000).wrapping_add(number);
            let mut mutants = Mutants::new(kept.clone(), seed);
            let (inputs, broken, is_over) = (&inputs, &broken, &is_over);
            scope.spawn(move || {
                while !is_over(inputs) && broken.load(Ordering::Relaxed) == 0 {
                    let good = (0..AT_ONCE).all(|_| takes(target, &mutants.next_input()));
                    inputs.fetch_add(AT_ONCE, Ordering::Relaxed);
                    broken.fetch_add(u64::from(!good), Ordering::Relaxed);
                }
            });
        }
    });
    let (inputs, seconds) = (inputs.into_inner(), begin.elapsed().as_secs().max(1));
    println!("{:<12} {inputs} inputs, {} a minute", target.name, inputs * 60 / seconds);
    broken.into_inner() == 0
}

fn takes(target: &Target, input: &[u8]) -> bool {
    let is_good = std::panic::catch_unwind(|| (target.run)(input)).is_ok();
    if !is_good {
        println!("{} breaks at {}", target.name, hex::encode(input));
    }
    is_good
}

fn options(mut given: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { target: None, end: End::Seconds(10), seed: 1 };
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse().map_err(|_| format!("{name} needs a number"));
        match name.as_str() {
            "--target" if ALL.iter().any(|target| target.name == value) => {
                options.target = Some(value);
            }
            "--target" => {
                let names = ALL.map(|target| target.name).join(", ");
                return Err(format!("there is no target {value}: {names}"));
            }
            "--seconds" => options.end = End::Seconds(number()?),
            "--inputs" => options.end = End::Inputs(number()?),
            "--seed" => options.seed = number()?,
            _ => return Err(format!("there is no option {name}")),
        }
    }
    Ok(options)
}
