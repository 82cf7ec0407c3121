//! Inputs made from others by a few small changes, as chance from a seed has it.

use carbyne_store::simulated::Chance;

/// Bytes of an input, at most.
const LENGTH_MAX: usize = 256 << 10;
/// Values that decoders trip over.
const NUMBERS: [u64; 10] =
    [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// A stream of inputs.
pub struct Mutants {
    corpus: Vec<Vec<u8>>,
    chance: Chance,
}

impl Mutants {
    /// Inputs made from these.
    pub fn new(corpus: Vec<Vec<u8>>, seed: u64) -> Self {
        Self { corpus, chance: Chance(seed) }
    }

    fn below(&mut self, end: usize) -> usize {
        self.chance.below(end.max(1) as u64) as usize
    }

    fn one(&mut self) -> Vec<u8> {
        let at = self.below(self.corpus.len());
        self.corpus.get(at).cloned().unwrap_or_default()
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut bytes = self.one();
        // Most have few changes, so that much of them is still understood.
        let changes = 1 << self.below(5);
        for _ in 0..1 + self.below(changes) {
            self.change(&mut bytes);
        }
        bytes.truncate(LENGTH_MAX);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let end = (at + 1 + self.below(16)).min(bytes.len());
        match self.below(9) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (at % 8)),
            1 => {
                let byte = self.chance.number() as u8;
                bytes.iter_mut().skip(at).take(1).for_each(|old| *old = byte);
            }
            2 => {
                let number = NUMBERS[self.below(NUMBERS.len())].to_le_bytes();
                let length = 1 << self.below(4);
                let places = bytes.iter_mut().skip(at).zip(number.into_iter().take(length));
                places.for_each(|(byte, new)| *byte = new);
            }
            3 => drop(bytes.drain(at.min(end)..end)),
            4 => {
                let piece = bytes.get(at.min(end)..end).unwrap_or_default().to_vec();
                drop(bytes.splice(at..at, piece));
            }
            5 => bytes.truncate(at),
            6 => {
                let length = self.below(12);
                let new: Vec<u8> = (0..length).map(|_| self.chance.number() as u8).collect();
                drop(bytes.splice(at..at, new));
            }
            7 => {
                let other = self.one();
                let from = self.below(other.len() + 1);
                let most = self.below(64);
                let piece = other.into_iter().skip(from).take(most);
                drop(bytes.splice(at.min(end)..end, piece));
            }
            _ => {
                let other = self.one();
                let from = self.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend(other.into_iter().skip(from));
            }
        }
    }
}
