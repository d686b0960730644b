//! Who gets a record: the first rule that fits decides its labels and its grants.

use access::Tlp;
use uuid::Uuid;

use super::fault::MappingFault;
use super::file::{self, Share, When};
use crate::import::row::Row;
use crate::import::vocabulary::{RANK, TLP, USE_LIMIT, Vocabulary};
use crate::import::wire::{Audience, Grant};

/// One rule, checked.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    when: When,
    /// The rank it gives, if it gives one.
    pub rank: Option<&'static str>,
    /// The TLP it gives, if it gives one.
    pub tlp: Option<&'static str>,
    /// The use limit it gives, if it gives one.
    pub use_limit: Option<&'static str>,
    /// The grants; none = nobody.
    pub grants: Vec<Grant>,
}

impl Rule {
    /// Checks one rule; `tlp` is the one that `[labels]` always gives, if it does.
    pub(super) fn check(place: usize, rule: file::Rule, tlp: Option<&str>) -> Result<Self, MappingFault> {
        let key = format!("rules[{place}]");
        let word = |name: &str, text: Option<String>, vocabulary: Vocabulary| {
            let Some(text) = text else { return Ok(None) };
            vocabulary.read(&text).map(Some).map_err(|_| {
                let problem = format!("`{text}` is not a {}", vocabulary.name);
                MappingFault::unknown(format!("{key}.{name}"), problem, &text, vocabulary.words)
            })
        };
        if let When::Column { is, .. } = &rule.when
            && is.is_empty()
        {
            return Err(MappingFault::new(
                format!("{key}.when.is"),
                "is empty",
                "Name at least one value",
            ));
        }
        let grants = match rule.share {
            Share::Nobody => Vec::new(),
            Share::With(grants) => grants
                .into_iter()
                .enumerate()
                .map(|(n, grant)| check_grant(&format!("{key}.share[{n}]"), grant))
                .collect::<Result<_, _>>()?,
        };
        let checked = Self {
            when: rule.when,
            rank: word("rank", rule.rank, RANK)?,
            tlp: word("tlp", rule.tlp, TLP)?,
            use_limit: word("use_limit", rule.use_limit, USE_LIMIT)?,
            grants,
        };
        checked.check_tlp(&key, tlp)?;
        Ok(checked)
    }

    /// TLP is an upper bound: a rule may not grant what its own TLP forbids.
    fn check_tlp(&self, key: &str, general: Option<&str>) -> Result<(), MappingFault> {
        let Some(word) = self.tlp.map(str::to_owned).or(general.map(str::to_uppercase)) else {
            return Ok(());
        };
        let Some(tlp) = TLP
            .words
            .iter()
            .position(|known| *known == word)
            .map(|place| Tlp::ALL[place])
        else {
            return Ok(());
        };
        for grant in &self.grants {
            let audience = kind_of(&grant.to);
            if !tlp.permits(&audience) {
                let wider: Vec<&str> = TLP
                    .words
                    .iter()
                    .zip(Tlp::ALL)
                    .filter(|(_, tlp)| tlp.permits(&audience))
                    .map(|(word, _)| *word)
                    .collect();
                let mend = format!("Give it one of {} or share it with fewer", wider.join(", "));
                return Err(MappingFault::new(
                    format!("{key}.tlp"),
                    format!("TLP:{word} forbids a grant of this rule"),
                    mend,
                ));
            }
        }
        Ok(())
    }

    /// Whether the rule is about this row.
    pub fn fits(&self, row: &Row<'_>) -> bool {
        match &self.when {
            When::Always => true,
            When::Column { column, is } => {
                let text = row.get(column).unwrap_or_default();
                is.iter().any(|value| value == text)
            }
        }
    }

    /// The column it looks at.
    pub fn column(&self) -> Option<&str> {
        match &self.when {
            When::Always => None,
            When::Column { column, .. } => Some(column),
        }
    }

    /// Whether every row fits it.
    pub fn is_always(&self) -> bool {
        self.when == When::Always
    }
}

/// TLP asks what kind of audience it is, not which one.
fn kind_of(audience: &Audience) -> access::Audience {
    match audience {
        Audience::Everyone(_) => access::Audience::Everyone,
        Audience::Organisation(_) => access::Audience::Organisation(Uuid::nil()),
        Audience::Circle(_) => access::Audience::Circle(Uuid::nil()),
        Audience::Account(_) => access::Audience::Account(Uuid::nil()),
    }
}

fn check_grant(key: &str, grant: file::Grant) -> Result<Grant, MappingFault> {
    let to = match grant.with.split_once(':') {
        None if grant.with == "everyone" => Audience::Everyone(true),
        Some(("organisation", code)) if !code.is_empty() => Audience::Organisation(code.to_owned()),
        Some(("circle", code)) if !code.is_empty() => Audience::Circle(code.to_owned()),
        Some(("account", name)) if !name.is_empty() => Audience::Account(name.to_owned()),
        _ => {
            let valid = ["everyone", "organisation:…", "circle:…", "account:…"];
            let problem = format!("`{}` is not an audience", grant.with);
            return Err(MappingFault::unknown(
                format!("{key}.with"),
                problem,
                &grant.with,
                &valid,
            ));
        }
    };
    for (name, moment) in [("valid_from", &grant.valid_from), ("valid_until", &grant.valid_until)] {
        if let Some(text) = moment
            && text.parse::<jiff::Timestamp>().is_err()
        {
            let problem = format!("`{text}` is not a moment");
            return Err(MappingFault::new(
                format!("{key}.{name}"),
                problem,
                "Write it as 2026-12-31T23:00:00Z",
            ));
        }
    }
    Ok(Grant {
        to,
        purpose: grant.purpose,
        legal_basis: grant.legal_basis,
        valid_from: grant.valid_from,
        valid_until: grant.valid_until,
    })
}
