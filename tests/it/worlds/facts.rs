//! What is the case in a random world, in plain words and without channels.

use access::{Audience, FOREVER, Rank, Role, State, Tlp};
use foundation::clock::SECOND;
use tests::world::{BEGINNING, id};
use uuid::Uuid;

/// The codes of the purposes.
pub const PURPOSES: [&str; 3] = ["p0", "p1", "p2"];
/// The moment of every question.
pub const NOW: i64 = BEGINNING;

/// From when, until when (exclusive).
pub type Period = (i64, i64);

/// An organisation.
#[derive(Clone, Debug)]
pub struct Organisation {
    pub code: String,
    pub id: Uuid,
    pub participant: bool,
    pub suspended: Option<i64>,
    pub ended: Option<i64>,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub id: Uuid,
    pub organisation: Uuid,
    pub clearance: Rank,
    pub suspended: Option<i64>,
    pub ended: Option<i64>,
    pub roles: Vec<(Role, Period)>,
    pub purposes: Vec<(usize, Period)>,
    pub listed: Vec<Uuid>,
}

/// A circle.
#[derive(Clone, Debug)]
pub struct Circle {
    pub code: String,
    pub id: Uuid,
    pub period: Period,
    pub purposes: Vec<usize>,
    pub members: Vec<(Uuid, Period)>,
}

/// A grant.
#[derive(Clone, Debug)]
pub struct Grant {
    pub id: Uuid,
    pub audience: Audience,
    pub purpose: usize,
    pub period: Period,
    pub revoked: bool,
}

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: Uuid,
    pub owner: Uuid,
    pub author: Uuid,
    pub state: State,
    pub tlp: Tlp,
    pub rank: Rank,
    pub retained: i64,
    pub grants: Vec<Grant>,
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Facts {
    pub organisations: Vec<Organisation>,
    pub accounts: Vec<Account>,
    pub circles: Vec<Circle>,
    pub records: Vec<Record>,
}

/// SplitMix64: the same throws for the same seed, everywhere.
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn of(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ (x >> 31)) % sides as u64).expect("less than the sides")
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.of(100) < percent
    }

    fn one<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.of(from.len())].clone()
    }

    fn some<T: Clone>(&mut self, from: &[T], percent: usize) -> Vec<T> {
        from.iter().filter(|_| self.chance(percent)).cloned().collect()
    }

    /// A moment about now, now itself among them.
    fn moment(&mut self) -> i64 {
        self.one(&[NOW - SECOND, NOW - 1, NOW, NOW, NOW + 1, NOW + SECOND])
    }

    /// Mostly a period in which now lies; its ends are tried for being one too early or too late.
    fn period(&mut self) -> Period {
        match self.of(4) {
            0 => (self.moment(), FOREVER),
            1 => (0, self.moment()),
            _ => (0, FOREVER),
        }
    }

    fn end(&mut self, percent: usize) -> Option<i64> {
        self.chance(percent).then(|| self.moment())
    }
}

impl Facts {
    /// A random world.
    pub fn random(dice: &mut Dice, records: usize) -> Self {
        let organisations: Vec<_> = (0..6).map(|number| organisation(dice, number)).collect();
        let circles: Vec<_> = (0..8).map(|number| circle(dice, number, &organisations)).collect();
        let accounts: Vec<_> = (0..24)
            .map(|number| account(dice, number, &organisations, &circles))
            .collect();
        let facts = Self {
            organisations,
            accounts,
            circles,
            records: Vec::new(),
        };
        let records = (0..records).map(|number| record(dice, number, &facts)).collect();
        Self { records, ..facts }
    }

    /// An organisation of this world.
    pub fn organisation(&self, id: Uuid) -> &Organisation {
        self.organisations
            .iter()
            .find(|organisation| organisation.id == id)
            .expect("an organisation of this world")
    }

    /// A circle of this world.
    pub fn circle(&self, id: Uuid) -> &Circle {
        self.circles
            .iter()
            .find(|circle| circle.id == id)
            .expect("a circle of this world")
    }
}

fn organisation(dice: &mut Dice, number: usize) -> Organisation {
    let code = format!("o{number}");
    Organisation {
        id: id(&code),
        code,
        participant: dice.chance(75),
        suspended: dice.end(20),
        ended: dice.end(15),
    }
}

fn circle(dice: &mut Dice, number: usize, organisations: &[Organisation]) -> Circle {
    let code = format!("c{number}");
    let members = dice.some(organisations, 60);
    Circle {
        id: id(&format!("circle {code}")),
        code,
        period: dice.period(),
        purposes: dice.some(&[0, 1, 2], 70),
        members: members.iter().map(|member| (member.id, dice.period())).collect(),
    }
}

fn account(dice: &mut Dice, number: usize, organisations: &[Organisation], circles: &[Circle]) -> Account {
    let name = format!("a{number}");
    // Every role is somebody's, and the ones that read content are more than one's.
    let first = Role::ALL[number % Role::ALL.len()];
    let mut roles = vec![(first, dice.period())];
    let second = dice.one(&Role::ALL);
    if second != first && second.combines_with(first) && dice.chance(25) {
        roles.push((second, dice.period()));
    }
    Account {
        id: id(&name),
        name,
        organisation: dice.one(organisations).id,
        clearance: dice.one(&[
            Rank::Intern,
            Rank::Vertrouwelijk,
            Rank::Vertrouwelijk,
            Rank::DepartementaalVertrouwelijk,
        ]),
        suspended: dice.end(15),
        ended: dice.end(10),
        roles,
        purposes: dice
            .some(&[0, 1, 2], 75)
            .into_iter()
            .map(|purpose| (purpose, dice.period()))
            .collect(),
        listed: dice.some(circles, 40).iter().map(|circle| circle.id).collect(),
    }
}

fn record(dice: &mut Dice, number: usize, facts: &Facts) -> Record {
    let author = dice.one(&facts.accounts);
    let grants = dice.of(5);
    Record {
        id: id(&format!("record {number}")),
        owner: author.organisation,
        author: author.id,
        state: dice.one(&[
            State::Draft,
            State::Published,
            State::Published,
            State::Published,
            State::Published,
            State::Retracted,
        ]),
        tlp: dice.one(&Tlp::ALL),
        rank: dice.one(&[Rank::Intern, Rank::Vertrouwelijk, Rank::DepartementaalVertrouwelijk]),
        retained: if dice.chance(20) { dice.moment() } else { FOREVER },
        grants: (0..grants)
            .map(|place| grant(dice, &format!("grant {number} {place}"), facts))
            .collect(),
    }
}

fn grant(dice: &mut Dice, name: &str, facts: &Facts) -> Grant {
    let audience = match dice.of(8) {
        0 | 1 => Audience::Everyone,
        2 | 3 => Audience::Organisation(dice.one(&facts.organisations).id),
        4 | 5 => Audience::Circle(dice.one(&facts.circles).id),
        _ => Audience::Account(dice.one(&facts.accounts).id),
    };
    Grant {
        id: id(name),
        audience,
        purpose: dice.of(3),
        period: dice.period(),
        revoked: dice.chance(15),
    }
}
