//! A sorted list that is also found by rank: few places away from any of its items.

/// Items of a part, at most.
const PART_MAX: usize = 1_024;

/// Items in order, each once.
#[derive(Clone, Debug)]
pub struct Ranked<T> {
    /// None is empty.
    parts: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self { parts: Vec::new(), len: 0 }
    }
}

impl<T: Ord> Ranked<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The part where an item is or would be.
    fn part_of(&self, item: &T) -> usize {
        let before = |part: &Vec<T>| part.last().is_some_and(|last| last < item);
        self.parts.partition_point(before)
    }

    /// Adds an item, unless it is there.
    pub fn insert(&mut self, item: T) {
        let is_behind = |part: &Vec<T>| part.last().is_none_or(|last| *last < item);
        if self.parts.last().is_none_or(is_behind) {
            return self.push(item);
        }
        let at = self.part_of(&item);
        let Some(part) = self.parts.get_mut(at) else { return self.push(item) };
        let Err(place) = part.binary_search(&item) else { return };
        part.insert(place, item);
        self.len = self.len.saturating_add(1);
        if part.len() > PART_MAX {
            let behind = part.split_off(PART_MAX / 2);
            part.shrink_to_fit();
            self.parts.insert(at.saturating_add(1), behind);
        }
    }

    /// Adds an item behind all others. Where all come in order no part is split, so all are full.
    fn push(&mut self, item: T) {
        self.len = self.len.saturating_add(1);
        match self.parts.last_mut() {
            Some(last) if last.len() < PART_MAX => last.push(item),
            _ => self.parts.push(vec![item]),
        }
    }

    /// Takes an item out, if it is there.
    pub fn remove(&mut self, item: &T) {
        let at = self.part_of(item);
        let Some(part) = self.parts.get_mut(at) else { return };
        let Ok(place) = part.binary_search(item) else { return };
        part.remove(place);
        self.len = self.len.saturating_sub(1);
        if part.is_empty() {
            self.parts.remove(at);
        }
    }

    /// The items behind the first `count`.
    pub fn skip(&self, mut count: usize) -> impl Iterator<Item = &T> {
        let within = |part: &&Vec<T>| {
            let is_before = part.len() <= count;
            count = count.saturating_sub(if is_before { part.len() } else { 0 });
            is_before
        };
        let skipped = self.parts.iter().take_while(within).count();
        self.parts.iter().skip(skipped).flatten().skip(count)
    }

    /// The items from one on.
    pub fn from<'a>(&'a self, first: &T) -> impl Iterator<Item = &'a T> + use<'a, T> {
        let at = self.part_of(first);
        let place = self.parts.get(at).map_or(0, |part| part.partition_point(|one| one < first));
        self.parts.iter().skip(at).flatten().skip(place)
    }
}
