//! Who may sign in and what may ask for tokens: handed in at start, kept nowhere.

use std::collections::HashMap;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::Jwk;
use thiserror::Error;

/// An account that a visitor of the demo may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// The token's `sub`, such as `ilt.inspector`.
    pub subject: String,
    /// The name on the page.
    pub name: String,
}

/// The public key of a client.
#[derive(Debug, Clone)]
pub enum ClientKey {
    /// As a JSON Web Key.
    Jwk(serde_json::Value),
    /// As an RSA public key in PEM.
    Pem(String),
}

/// A client of the provider. Its kind is its one grant type (NL GOV Assurance profile for OAuth 2.0).
#[derive(Debug, Clone)]
pub enum DemoClient {
    /// An application that people sign in to: authorization code with PKCE.
    Person {
        /// Its `client_id`.
        client_id: String,
        /// The addresses that it may be sent back to, compared character by character; on this machine and without a
        /// port: any port.
        redirect_uris: Vec<String>,
    },
    /// A case system: client credentials with `private_key_jwt`, always as the same account.
    System {
        /// Its `client_id`.
        client_id: String,
        /// The account that it acts as.
        subject: String,
        /// The key that it signs its assertions with.
        key: ClientKey,
    },
    /// The demo's command line: client credentials, as any demo account that it names in the form
    /// field `demo_subject`. No real provider has such a client.
    CommandLine {
        /// Its `client_id`.
        client_id: String,
        /// The key that it signs its assertions with.
        key: ClientKey,
    },
}

impl DemoClient {
    /// The client's `client_id`.
    #[must_use]
    pub fn client_id(&self) -> &str {
        match self {
            Self::Person { client_id, .. } | Self::System { client_id, .. } | Self::CommandLine { client_id, .. } => {
                client_id
            }
        }
    }
}

/// An account or a client that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{who}: {mend}")]
pub struct PartyError {
    /// The account's subject or the client's id.
    pub who: String,
    /// What is wrong and how to mend it.
    pub mend: String,
}

/// What a client may do, with its key read.
pub(super) enum Client {
    Person { redirect_uris: Vec<String> },
    System { subject: String, key: DecodingKey },
    CommandLine { key: DecodingKey },
}

/// All accounts and clients, checked.
pub(super) struct Parties {
    accounts: Vec<DemoAccount>,
    clients: HashMap<String, Client>,
}

impl Parties {
    pub fn check(accounts: Vec<DemoAccount>, clients: Vec<DemoClient>) -> Result<Self, PartyError> {
        let mut parties = Self {
            accounts: Vec::new(),
            clients: HashMap::new(),
        };
        for account in accounts {
            if parties.account(&account.subject).is_some() {
                return Err(refuse(&account.subject, "this account is listed twice: keep one"));
            }
            parties.accounts.push(account);
        }
        for client in clients {
            let id = client.client_id().to_owned();
            let read = parties.read(client)?;
            if parties.clients.insert(id.clone(), read).is_some() {
                let mend = "this client is listed twice: one client, one grant type";
                return Err(refuse(&id, mend));
            }
        }
        Ok(parties)
    }

    fn read(&self, client: DemoClient) -> Result<Client, PartyError> {
        match client {
            DemoClient::Person {
                client_id,
                redirect_uris,
            } => {
                for uri in &redirect_uris {
                    let url = foundation::token::fetchable(uri).map_err(|mend| PartyError {
                        who: client_id.clone(),
                        mend,
                    })?;
                    if url.fragment().is_some() {
                        return Err(refuse(&client_id, "leave the # part out of the redirect URI"));
                    }
                }
                Ok(Client::Person { redirect_uris })
            }
            DemoClient::System {
                client_id,
                subject,
                key,
            } => {
                if self.account(&subject).is_none() {
                    let mend = format!("its account {subject} is not among the demo accounts");
                    return Err(refuse(&client_id, &mend));
                }
                Ok(Client::System {
                    subject,
                    key: key.read(&client_id)?,
                })
            }
            DemoClient::CommandLine { client_id, key } => Ok(Client::CommandLine {
                key: key.read(&client_id)?,
            }),
        }
    }

    pub fn accounts(&self) -> &[DemoAccount] {
        &self.accounts
    }

    pub fn account(&self, subject: &str) -> Option<&DemoAccount> {
        self.accounts.iter().find(|account| account.subject == subject)
    }

    pub fn client(&self, client_id: &str) -> Option<&Client> {
        self.clients.get(client_id)
    }
}

impl ClientKey {
    fn read(&self, client_id: &str) -> Result<DecodingKey, PartyError> {
        foundation::token::install_cryptography();
        let read = match self {
            Self::Pem(pem) => DecodingKey::from_rsa_pem(pem.as_bytes()).map_err(|error| error.to_string()),
            Self::Jwk(value) => serde_json::from_value::<Jwk>(value.clone())
                .map_err(|error| error.to_string())
                .and_then(|jwk| DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())),
        };
        match read {
            Ok(key) if key.family() == jsonwebtoken::AlgorithmFamily::Rsa => Ok(key),
            Ok(_) => Err(refuse(client_id, "its key must be an RSA public key")),
            Err(reason) => Err(refuse(client_id, &format!("its key cannot be read: {reason}"))),
        }
    }
}

fn refuse(who: &str, mend: &str) -> PartyError {
    PartyError {
        who: who.to_owned(),
        mend: mend.to_owned(),
    }
}
