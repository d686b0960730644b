//! Random throws that are the same for the same seed, everywhere (SplitMix64).

/// Dice of a seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to below `sides`.
    pub fn of(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ (x >> 31)) % sides as u64).expect("less than the sides")
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.of(100) < percent
    }

    /// One of these.
    pub fn one<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.of(from.len())].clone()
    }

    /// One of these, the first of them far more often than the last: names are spread like that.
    pub fn usual<T: Copy>(&mut self, from: &[T]) -> T {
        let side = self.of(from.len());
        from[side * self.of(from.len()) / from.len()]
    }
}
