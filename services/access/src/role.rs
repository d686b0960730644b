//! Roles (rollen), held per inspectorate, and which of them one person may not combine.

/// A role within one inspectorate; the Dutch term in each description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Role {
    /// Inspecteur.
    Inspector = 1,
    /// Analist.
    Analyst = 2,
    /// Coördinator.
    Coordinator = 3,
    /// Accounthouder.
    AccountHolder = 4,
    /// Gegevensbeheerder.
    DataSteward = 5,
    /// Functionaris gegevensbescherming (FG): no content.
    PrivacyOfficer = 6,
    /// Beheerder: no content.
    Administrator = 7,
    /// Zaaksysteem.
    CaseSystem = 8,
    /// Auditor: no content.
    Auditor = 9,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 9] = [
        Self::Inspector,
        Self::Analyst,
        Self::Coordinator,
        Self::AccountHolder,
        Self::DataSteward,
        Self::PrivacyOfficer,
        Self::Administrator,
        Self::CaseSystem,
        Self::Auditor,
    ];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|role| *role as i16 == number)
    }

    /// The stable code, as in configuration, data files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Inspector => "inspector",
            Self::Analyst => "analyst",
            Self::Coordinator => "coordinator",
            Self::AccountHolder => "account_holder",
            Self::DataSteward => "data_steward",
            Self::PrivacyOfficer => "privacy_officer",
            Self::Administrator => "administrator",
            Self::CaseSystem => "case_system",
            Self::Auditor => "auditor",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role reads shared records at all.
    pub fn reads_content(self) -> bool {
        match self {
            Self::Inspector
            | Self::Analyst
            | Self::Coordinator
            | Self::AccountHolder
            | Self::DataSteward
            | Self::CaseSystem => true,
            Self::PrivacyOfficer | Self::Administrator | Self::Auditor => false,
        }
    }

    /// Whether one person may hold both roles.
    pub fn combines_with(self, other: Self) -> bool {
        self == other || !(self.excludes(other) || other.excludes(self))
    }

    fn excludes(self, other: Self) -> bool {
        match self {
            Self::Administrator => other.reads_content(),
            Self::DataSteward => other == Self::PrivacyOfficer,
            Self::Auditor => true,
            Self::Inspector
            | Self::Analyst
            | Self::Coordinator
            | Self::AccountHolder
            | Self::PrivacyOfficer
            | Self::CaseSystem => false,
        }
    }
}

/// The roles that one account holds in its inspectorate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Collects roles, each once, in the order in which they are first named.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Self {
        let mut each = Vec::new();
        for role in roles {
            if !each.contains(&role) {
                each.push(role);
            }
        }
        Self(each)
    }

    /// Whether this role is among them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether any of them satisfies the question.
    pub fn any(&self, question: impl Fn(Role) -> bool) -> bool {
        self.0.iter().copied().any(question)
    }

    /// The roles themselves.
    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }

    /// Whether the account is a case system and nothing more: it then reads listed circles only.
    pub fn only_case_system(&self) -> bool {
        self.has(Role::CaseSystem) && !self.any(|role| role != Role::CaseSystem && role.reads_content())
    }

    /// The first pair that one person may not hold together, if any.
    pub fn exclusion(&self) -> Option<(Role, Role)> {
        self.0.iter().enumerate().find_map(|(index, &role)| {
            self.0[index + 1..]
                .iter()
                .find(|&&other| !role.combines_with(other))
                .map(|&other| (role, other))
        })
    }
}
