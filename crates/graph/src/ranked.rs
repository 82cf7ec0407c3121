//! A sorted list that is also found by rank: few places away from any of its items.

/// Items of a part, at most.
const PART_MAX: usize = 1_024;

/// Items in order, each once.
#[derive(Clone, Debug)]
pub struct Ranked<T> {
    /// None is empty.
    parts: Vec<Vec<T>>,
}

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self { parts: Vec::new() }
    }
}

impl<T: Ord> Ranked<T> {
    /// The part where an item is or would be.
    fn part_of(&self, item: &T) -> usize {
        let before = |part: &Vec<T>| part.last().is_some_and(|last| last < item);
        self.parts.partition_point(before)
    }

    /// Adds an item, unless it is there.
    pub fn insert(&mut self, item: T) {
        let at = self.part_of(&item).min(self.parts.len().saturating_sub(1));
        let Some(part) = self.parts.get_mut(at) else {
            self.parts.push(vec![item]);
            return;
        };
        if let Err(place) = part.binary_search(&item) {
            part.insert(place, item);
        }
        if part.len() > PART_MAX {
            let behind = part.split_off(PART_MAX / 2);
            self.parts.insert(at.saturating_add(1), behind);
        }
    }

    /// Takes an item out, if it is there.
    pub fn remove(&mut self, item: &T) {
        let at = self.part_of(item);
        let Some(part) = self.parts.get_mut(at) else { return };
        if let Ok(place) = part.binary_search(item) {
            part.remove(place);
        }
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
    pub fn from(&self, first: &T) -> impl Iterator<Item = &T> {
        let at = self.part_of(first);
        let place = self.parts.get(at).map_or(0, |part| part.partition_point(|one| one < first));
        self.parts.iter().skip(at).flatten().skip(place)
    }
}
