//! Things made ahead, on threads of their own, and taken in order: what of a block needs no state
//! is done before its turn comes.
//!
//! Invariant: they are taken in the order of what they are made from, and only so many are made
//! ahead. This file must never know what is made.

use anyhow::{Context, Result};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Things that are handed to a thread together, at most, and their bytes, about: handing over costs
/// more than small ones do, and large ones are not to be gathered.
const AT_ONCE: usize = 64;
const BYTES_AT_ONCE: usize = 128 * 1024;
/// Such handfuls that may be ahead.
const AHEAD: usize = 16;

/// Inputs, and where what is made of them goes.
type Handful<I, O> = (Vec<I>, SyncSender<Vec<O>>);

/// Makes something of each input and takes it, in order, until that fails; inputs come with their
/// sizes in bytes.
pub(crate) fn ahead<I: Send, O: Send>(
    inputs: impl Iterator<Item = (usize, I)> + Send,
    make: impl Fn(I) -> O + Sync,
    mut take: impl FnMut(O) -> Result<()>,
) -> Result<()> {
    thread::scope(|scope| {
        let (work, waiting) = sync_channel(AHEAD);
        let (order, made) = sync_channel(AHEAD);
        scope.spawn(move || hand_out(inputs, &work, &order));
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (waiting, make) = (waiting.clone(), &make);
            scope.spawn(move || work_off(&waiting, make));
        }
        drop(waiting);
        for handful in made {
            let handful: Receiver<Vec<O>> = handful;
            let handful = handful.recv().context("a thread stopped at a bug")?;
            handful.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    })
}

/// Hands inputs to the threads, and tells in which order what they make is taken.
fn hand_out<I, O>(
    mut inputs: impl Iterator<Item = (usize, I)>,
    work: &SyncSender<Handful<I, O>>,
    order: &SyncSender<Receiver<Vec<O>>>,
) {
    loop {
        let handful = handful(&mut inputs);
        let (sender, receiver) = sync_channel(1);
        let is_last = handful.is_empty();
        if is_last || order.send(receiver).is_err() || work.send((handful, sender)).is_err() {
            return;
        }
    }
}

fn handful<I>(inputs: &mut impl Iterator<Item = (usize, I)>) -> Vec<I> {
    let (mut handful, mut bytes) = (Vec::new(), 0);
    while handful.len() < AT_ONCE && bytes < BYTES_AT_ONCE {
        let Some((size, input)) = inputs.next() else { break };
        bytes += size;
        handful.push(input);
    }
    handful
}

fn work_off<I, O>(waiting: &Mutex<Receiver<Handful<I, O>>>, make: &impl Fn(I) -> O) {
    loop {
        // The lock is let go before the work begins.
        let handful = waiting.lock().recv();
        let Ok((inputs, sender)) = handful else { return };
        let _nobody_takes_more = sender.send(inputs.into_iter().map(make).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::ahead;
    use anyhow::ensure;

    #[test]
    fn things_are_taken_in_order_whichever_is_made_first() {
        let mut taken = Vec::new();
        let slowly = |n: u64| {
            std::thread::sleep(std::time::Duration::from_micros(n * 7 % 50));
            n
        };
        ahead((0..500).map(|n| (n as usize, n)), slowly, |n| {
            taken.push(n);
            Ok(())
        })
        .expect("nothing fails");
        assert!(taken.into_iter().eq(0..500));
    }

    #[test]
    fn nothing_is_taken_after_a_failure() {
        let mut taken = 0;
        let endless = (0..).map(|n: u32| (1_000, n));
        let take = |n: u32| {
            ensure!(n < 300, "enough");
            taken = n;
            Ok(())
        };
        let failed = ahead(endless, |n| n, take);
        assert_eq!(failed.expect_err("it fails").to_string(), "enough");
        assert_eq!(taken, 299);
    }
}
