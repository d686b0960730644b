//! Who should see something, in a line that people read, such as `ilt igj@risicoanalyse circle:cmj@incidentonderzoek`.
//!
//! | word | who |
//! |---|---|
//! | `ilt` | all accounts of ILT with a role that reads content, under every purpose |
//! | `ilt.steward` | that account, under every purpose |
//! | `everyone` | accounts of all participants |
//! | `circle:cmj` | accounts of the circle's members now; case systems that it is listed for |
//! | `seers` | whoever sees the record |
//! | `…@toezicht` | of these, only under that purpose |

use super::cast::{Asker, Cast};

/// Who should see something.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    terms: Vec<Term>,
}

#[derive(Clone, Debug)]
struct Term {
    who: Who,
    purpose: Option<String>,
}

#[derive(Clone, Debug)]
enum Who {
    Organisation(String),
    Account(String),
    Circle(String),
    Everyone,
    Seers,
}

impl Audience {
    /// Reads the line.
    pub fn read(text: &str) -> Self {
        let terms = text
            .split_whitespace()
            .filter(|word| *word != "nobody")
            .map(term)
            .collect();
        Self { terms }
    }

    /// Whether an asker belongs to it; `seer`: it sees the record.
    pub fn has(&self, cast: &Cast, asker: &Asker, seer: bool) -> bool {
        let within = |term: &Term| term.purpose.as_ref().is_none_or(|purpose| *purpose == asker.purpose);
        let account = cast.holds(asker);
        let of = |term: &Term| match &term.who {
            Who::Organisation(code) => account.organisation == *code && account.reads(),
            Who::Account(name) => asker.account == *name,
            Who::Circle(code) => {
                let member = cast
                    .circles
                    .get(code)
                    .is_some_and(|members| members.contains(&account.organisation));
                let system = account.roles.contains("case_system");
                member && account.reads() && (!system || account.listed.contains(code))
            }
            Who::Everyone => cast.participates(&account.organisation) && account.reads(),
            Who::Seers => seer,
        };
        self.terms.iter().any(|term| within(term) && of(term))
    }
}

fn term(word: &str) -> Term {
    let (who, purpose) = match word.split_once('@') {
        Some((who, purpose)) => (who, Some(purpose.to_owned())),
        None => (word, None),
    };
    let who = match who {
        "everyone" => Who::Everyone,
        "seers" => Who::Seers,
        _ => match who.strip_prefix("circle:") {
            Some(code) => Who::Circle(code.to_owned()),
            None if who.contains('.') => Who::Account(who.to_owned()),
            None => Who::Organisation(who.to_owned()),
        },
    };
    Term { who, purpose }
}
