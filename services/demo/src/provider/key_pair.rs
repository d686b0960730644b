//! An RSA key pair and the file that it lives in.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use thiserror::Error;

/// Only the owner reads and writes.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;

/// What can go wrong with a key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The key's file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file holds no usable key.
    #[error("{path} holds no usable key ({reason}); remove it and a new one is made")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The cryptographic library refused.
    #[error("no key could be made or used: {0}")]
    Cryptography(String),
}

/// A 2048-bit RSA key pair, named by its thumbprint (RFC 7638).
pub struct KeyPair {
    pem: String,
    private: EncodingKey,
    public: Jwk,
    kid: String,
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("KeyPair")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl KeyPair {
    /// Makes a new pair.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let refuse = |_| KeyError::Cryptography("RSA key generation failed".into());
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(refuse)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(refuse)?;
        Self::from_pem(&pem(der.as_ref()))
    }

    /// Reads a pair from its private key in PEM (PKCS#8).
    ///
    /// # Errors
    /// When it is not an RSA private key.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        foundation::token::install_cryptography();
        let refuse = |error: jsonwebtoken::errors::Error| KeyError::Cryptography(error.to_string());
        let private = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(refuse)?;
        let mut public = Jwk::from_encoding_key(&private, Algorithm::RS256).map_err(refuse)?;
        let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(refuse)?;
        public.common.key_id = Some(kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self {
            pem: pem.to_owned(),
            private,
            public,
            kid,
        })
    }

    /// Reads the pair in this file, or makes one and writes it there for the owner's eyes only.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        if let Some(pem) = read_private(path)? {
            return Self::from_pem(&pem).map_err(|error| KeyError::Unusable {
                path: path.into(),
                reason: error.to_string(),
            });
        }
        let pair = Self::generate()?;
        write_private(path, &pair.pem)?;
        Ok(pair)
    }

    /// The key's name: its thumbprint.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, to hand to a provider.
    #[must_use]
    pub fn public_jwk(&self) -> serde_json::Value {
        serde_json::to_value(&self.public).expect("a key of strings always becomes JSON")
    }

    /// The private half in PEM; for the holder's own use and for nobody's log.
    #[must_use]
    pub fn private_pem(&self) -> &str {
        &self.pem
    }

    /// Signs claims as a JWT of this type with RS256.
    pub(super) fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, KeyError> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.private).map_err(|error| KeyError::Cryptography(error.to_string()))
    }
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in body.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}

/// Reads a file that only its owner should read; tightens it where it is open to others.
pub(super) fn read_private(path: &Path) -> Result<Option<String>, KeyError> {
    let refuse = |error| KeyError::File {
        path: path.into(),
        error,
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refuse(error)),
    };
    let mode = fs::metadata(path).map_err(refuse)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "key file was open to others: closed");
        fs::set_permissions(path, Permissions::from_mode(PRIVATE_FILE)).map_err(refuse)?;
    }
    Ok(Some(text))
}

/// Writes a file for its owner only: whole or not at all.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), KeyError> {
    let refuse = |error| KeyError::File {
        path: path.into(),
        error,
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::create_dir_all(folder).map_err(refuse)?;
        fs::set_permissions(folder, Permissions::from_mode(PRIVATE_FOLDER)).map_err(refuse)?;
    }
    let draft = path.with_extension(format!("{}.new", random_text()?));
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE_FILE)
        .open(&draft)
        .map_err(refuse)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&draft, path));
    written.map_err(|error| {
        // The draft is of no use to anybody; the first error is the one to tell.
        let _ = fs::remove_file(&draft);
        refuse(error)
    })
}

/// 256 random bits in 43 characters, good for a code, an id or a nonce.
pub(super) fn random_text() -> Result<String, KeyError> {
    let mut bytes = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeyError::Cryptography("the machine gives no randomness".into()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Writes a new secret of 256 random bits for its owner only.
pub(crate) fn write_secret(path: &Path) -> Result<(), KeyError> {
    write_private(path, &random_text()?)
}
