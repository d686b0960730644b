//! Cursors that hold what their reader is not shown, such as a number of the outbox or when somebody else did something.
//! They are encrypted, for one account under one purpose and for one use, and as long as many others: who holds one can
//! give it back, and can neither read it, nor compare it with another, nor make one.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Reader, Scope, Side};
use crate::fault::{Code, Fault};
use crate::sql::statement;

/// What such a cursor holds.
pub trait Sealed: Serialize + DeserializeOwned {
    /// What the cursor is for: one of another use is refused.
    const USE: &'static str;
    /// Its length is a multiple of so many bytes, whatever it holds.
    const BLOCK: usize;
}

/// Seals and opens the cursors of one reader under one purpose.
pub struct Sealer {
    key: RandomizedNonceKey,
    whose: Vec<u8>,
}

impl Sealer {
    /// For this reader, with the service's key.
    ///
    /// # Errors
    /// Internal: no key can be made.
    pub(super) fn of(key: &str, scope: &Scope) -> Result<Self, Fault> {
        let caller = &scope.caller;
        let whose = [caller.account, caller.purpose.id].map(uuid::Uuid::into_bytes).concat();
        let service = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let mut context = hmac::Context::with_key(&service);
        context.update(b"samenzicht cursors");
        context.update(&whose);
        let key = RandomizedNonceKey::new(&AES_256_GCM, context.sign().as_ref()).map_err(Fault::internal)?;
        Ok(Self { key, whose })
    }

    /// What a cursor is bound to, beside what it holds.
    fn bound<T: Sealed>(&self) -> Aad<Vec<u8>> {
        Aad::from([T::USE.as_bytes(), &self.whose].concat())
    }

    /// The cursor that holds this; never the same twice.
    ///
    /// # Errors
    /// Internal: it cannot be written.
    pub fn seal<T: Sealed>(&self, held: &T) -> Result<String, Fault> {
        let mut bytes = serde_json::to_vec(held).map_err(Fault::internal)?;
        // Spaces after a value are no part of it.
        bytes.resize(bytes.len().next_multiple_of(T::BLOCK), b' ');
        let sealed = self.key.seal_in_place_append_tag(self.bound::<T>(), &mut bytes);
        let nonce = sealed.map_err(Fault::internal)?;
        bytes.splice(..0, nonce.as_ref().iter().copied());
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a cursor holds.
    ///
    /// # Errors
    /// `INVALID_CURSOR`: not one of this reader's under this purpose and of this use.
    pub fn open<T: Sealed>(&self, cursor: &str) -> Result<T, Fault> {
        self.opened(cursor)
            .ok_or_else(|| Fault::new(Code::InvalidCursor).at("after"))
    }

    fn opened<T: Sealed>(&self, cursor: &str) -> Option<T> {
        let mut bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let held = self.key.open_in_place(nonce, self.bound::<T>(), sealed).ok()?;
        serde_json::from_slice(held).ok()
    }
}

impl Reader<'_> {
    /// What seals the cursors of this reader, of a service that keeps a key for that.
    ///
    /// # Errors
    /// The database's.
    pub async fn sealer(&self) -> Result<Sealer, Fault> {
        let text = format!("SELECT sealed_by FROM {}_change", self.session.platform.service);
        let asked = statement(self.backend(), &text, []);
        let row = self.transaction().query_one_raw(asked).await?;
        let row = row.ok_or_else(|| Fault::broken("a service without the key of its cursors"))?;
        let key: String = row.try_get("", "sealed_by")?;
        Sealer::of(&key, self.scope())
    }
}

impl Side<'_> {
    /// What seals the cursors of this reader.
    ///
    /// # Errors
    /// The database's.
    pub async fn sealer(&self) -> Result<Sealer, Fault> {
        self.0.sealer().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::{Caller, Purpose, Rank, Roles};
    use serde::Deserialize;
    use uuid::Uuid;

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Place(u64, String);

    impl Sealed for Place {
        const USE: &'static str = "a place";
        const BLOCK: usize = 64;
    }

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Other(u64, String);

    impl Sealed for Other {
        const USE: &'static str = "another";
        const BLOCK: usize = 64;
    }

    fn sealer(account: u128, purpose: u128) -> Sealer {
        let purpose = Purpose {
            id: Uuid::from_u128(purpose),
            code: String::new(),
            allows_personal: false,
            pseudonyms: false,
        };
        let caller = Caller {
            account: Uuid::from_u128(account),
            organisation: Uuid::nil(),
            roles: Roles::new([]),
            clearance: Rank::Intern,
            purpose,
        };
        let scope = Scope {
            caller,
            participant: true,
            channels: Vec::new(),
            now: 0,
        };
        Sealer::of("a key that is long enough", &scope).expect("a key")
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let (mine, place) = (sealer(1, 1), Place(7, "published".to_owned()));
        let cursor = mine.seal(&place).expect("sealed");
        assert_eq!(mine.open::<Place>(&cursor).expect("opened"), place);
        for other in [sealer(2, 1), sealer(1, 2)] {
            assert!(other.open::<Place>(&cursor).is_err());
        }
        assert!(mine.open::<Other>(&cursor).is_err(), "of another use");
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).expect("base64");
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            assert!(mine.open::<Place>(&URL_SAFE_NO_PAD.encode(altered)).is_err());
            assert!(mine.open::<Place>(&URL_SAFE_NO_PAD.encode(&bytes[..place])).is_err());
        }
    }

    #[test]
    fn tells_nothing_of_what_it_holds() {
        let sealer = sealer(1, 1);
        let of = |number: u64| sealer.seal(&Place(number, "published".to_owned())).expect("sealed");
        let (few, many) = (of(7), of(u64::MAX));
        assert_eq!(few.len(), many.len());
        assert_ne!(few, of(7), "the same twice is not the same cursor");
        let bytes = URL_SAFE_NO_PAD.decode(&few).expect("base64");
        assert!(!bytes.windows(9).any(|part| part == b"published"));
    }
}
