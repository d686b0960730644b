//! The wish to stop: the batches under way are finished, no new one begins.

use std::sync::Arc;

use tokio::sync::watch;

/// Can be asked for from anywhere; clones share the wish.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }
}

impl Stop {
    /// Asks to stop.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody asked.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when somebody asks.
    pub async fn requested(&self) {
        let mut wish = self.0.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = wish.wait_for(|asked| *asked).await;
    }
}
