//! The role question: may this role do this operation on a record of this relation and state?

use crate::{Role, Roles, State};

/// What a caller wants to do with a shareable record, or around one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Read it: single, in a list, by search, in a count or as a live event.
    Read,
    /// Make a draft.
    Record,
    /// Change its content.
    Edit,
    /// Bring it out: its grants come into force.
    Publish,
    /// Change its marks or its retention.
    Label,
    /// Add a grant.
    Grant,
    /// End a grant.
    Revoke,
    /// Withdraw it from everyone but its owner.
    Retract,
    /// See who it is shared with.
    ReadGrants,
    /// Deliver records in bulk under an approved import profile.
    Import,
    /// Put an import profile up for approval, and see the own inspectorate's profiles.
    ProposeProfile,
    /// Approve an import profile of the own inspectorate.
    ApproveProfile,
    /// Say of another's record: seen too, not seen, outdated.
    Confirm,
    /// Put a correction of another's record to its owner.
    Propose,
    /// Accept or reject a proposed correction of an own record.
    DecideProposal,
    /// Take a record up, and say what came of it.
    FollowUp,
    /// Add a remark to a visible record.
    Remark,
    /// Say that two visible records belong together.
    Link,
    /// Put a record to several inspectorates for one joint decision.
    OpenTriage,
    /// Give the own inspectorate's opinion in a triage.
    Opine,
    /// Record what a triage decided.
    DecideTriage,
    /// Name a recurring theme over visible records, change or end it.
    NameTheme,
    /// Write and send a feedback product to the field.
    SendFeedback,
    /// Learn that a record exists which one may not see, as far as its owner chose.
    Discover,
    /// Ask for a record that one may know of but not see, or for sharing it onward.
    RequestAccess,
    /// Approve, narrow or decline a request for an own record.
    DecideAccess,
    /// Open a record in acute danger to people.
    BreakGlass,
    /// Review how an own record was opened in acute danger.
    ReviewBreakGlass,
    /// Keep a record from being erased, and let it go again.
    Hold,
    /// Stop the sharing of an own record, and let it go on again.
    Freeze,
    /// See who read an own record, when and for which purpose.
    ReadReceipts,
    /// Read the own inbox and mark what was read.
    ReadInbox,
    /// Save searches of the own account, change and delete them.
    KeepSearches,
    /// Register supervised parties and sites: what is there already is answered and not made twice.
    RegisterParties,
    /// Change supervised parties and sites, and how they stand to one another.
    KeepParties,
    /// Say that two registered parties are one, or undo that.
    MergeParties,
    /// Say what the own inspectorate supervises.
    KeepMandates,
    /// Say who is account holder of a party or region for the own inspectorate.
    AssignHolders,
    /// Keep the own inspectorate's contact log of a party.
    KeepContacts,
    /// Admit, suspend or end an inspectorate or partner body.
    Admit,
    /// Admit, suspend or end accounts of the own inspectorate; give and take roles and purposes.
    KeepAccounts,
    /// Agree to an account's clearance, as administrator or as steward.
    SetClearance,
    /// Found and change circles; join and leave for the own inspectorate.
    KeepCircles,
    /// Change purposes and legal bases.
    KeepVocabularies,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 44] = [
        Self::Read,
        Self::Record,
        Self::Edit,
        Self::Publish,
        Self::Label,
        Self::Grant,
        Self::Revoke,
        Self::Retract,
        Self::ReadGrants,
        Self::Import,
        Self::ProposeProfile,
        Self::ApproveProfile,
        Self::Confirm,
        Self::Propose,
        Self::DecideProposal,
        Self::FollowUp,
        Self::Remark,
        Self::Link,
        Self::OpenTriage,
        Self::Opine,
        Self::DecideTriage,
        Self::NameTheme,
        Self::SendFeedback,
        Self::Discover,
        Self::RequestAccess,
        Self::DecideAccess,
        Self::BreakGlass,
        Self::ReviewBreakGlass,
        Self::Hold,
        Self::Freeze,
        Self::ReadReceipts,
        Self::ReadInbox,
        Self::KeepSearches,
        Self::RegisterParties,
        Self::KeepParties,
        Self::MergeParties,
        Self::KeepMandates,
        Self::AssignHolders,
        Self::KeepContacts,
        Self::Admit,
        Self::KeepAccounts,
        Self::SetClearance,
        Self::KeepCircles,
        Self::KeepVocabularies,
    ];

    /// The stable code, as in the access matrix and the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Record => "record",
            Self::Edit => "edit",
            Self::Publish => "publish",
            Self::Label => "label",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::Retract => "retract",
            Self::ReadGrants => "read_grants",
            Self::Import => "import",
            Self::ProposeProfile => "propose_profile",
            Self::ApproveProfile => "approve_profile",
            Self::Confirm => "confirm",
            Self::Propose => "propose",
            Self::DecideProposal => "decide_proposal",
            Self::FollowUp => "follow_up",
            Self::Remark => "remark",
            Self::Link => "link",
            Self::OpenTriage => "open_triage",
            Self::Opine => "opine",
            Self::DecideTriage => "decide_triage",
            Self::NameTheme => "name_theme",
            Self::SendFeedback => "send_feedback",
            Self::Discover => "discover",
            Self::RequestAccess => "request_access",
            Self::DecideAccess => "decide_access",
            Self::BreakGlass => "break_glass",
            Self::ReviewBreakGlass => "review_break_glass",
            Self::Hold => "hold",
            Self::Freeze => "freeze",
            Self::ReadReceipts => "read_receipts",
            Self::ReadInbox => "read_inbox",
            Self::KeepSearches => "keep_searches",
            Self::RegisterParties => "register_parties",
            Self::KeepParties => "keep_parties",
            Self::MergeParties => "merge_parties",
            Self::KeepMandates => "keep_mandates",
            Self::AssignHolders => "assign_holders",
            Self::KeepContacts => "keep_contacts",
            Self::Admit => "admit",
            Self::KeepAccounts => "keep_accounts",
            Self::SetClearance => "set_clearance",
            Self::KeepCircles => "keep_circles",
            Self::KeepVocabularies => "keep_vocabularies",
        }
    }
}

/// How the caller's organisation stands to a record that the caller can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The caller's organisation owns it, in this state.
    Own(State),
    /// Another organisation owns it.
    Others,
}

/// Why an operation is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No role of the caller may do this anywhere. Told before anything is looked up: roles are no secret.
    Role,
    /// Another organisation's record: nobody but its owner changes it.
    NotOwner,
    /// The role may do this, but not in the state the record is in.
    State,
}

/// Whether any of the roles may do this to any record at all.
///
/// # Errors
/// [`Refusal::Role`] when none may.
pub fn may_ever(roles: &Roles, operation: Operation) -> Result<(), Refusal> {
    let somewhere = State::ALL.into_iter().map(Relation::Own).chain([Relation::Others]);
    if somewhere
        .into_iter()
        .any(|relation| roles.any(|role| permits(role, operation, relation)))
    {
        Ok(())
    } else {
        Err(Refusal::Role)
    }
}

/// Whether the roles may do this to a record of this relation, which the caller can see.
///
/// # Errors
/// Why not: the role first, then ownership, then state.
pub fn decide(roles: &Roles, operation: Operation, relation: Relation) -> Result<(), Refusal> {
    may_ever(roles, operation)?;
    if roles.any(|role| permits(role, operation, relation)) {
        return Ok(());
    }
    match relation {
        Relation::Others => Err(Refusal::NotOwner),
        Relation::Own(state) => {
            let another =
                |other: State| other != state && roles.any(|role| permits(role, operation, Relation::Own(other)));
            if State::ALL.into_iter().any(another) {
                Err(Refusal::State)
            } else {
                Err(Refusal::Role)
            }
        }
    }
}

/// The table of roles, one operation at a time.
fn permits(role: Role, operation: Operation, relation: Relation) -> bool {
    use Operation as Op;
    use Relation::{Others, Own};
    use Role::{Administrator, Analyst, CaseSystem, Coordinator, DataSteward, Inspector, PrivacyOfficer};

    let is = |roles: &[Role]| roles.contains(&role);
    let own = matches!(relation, Own(_));
    let own_in = |states: &[State]| matches!(relation, Own(state) if states.contains(&state));
    let out = matches!(relation, Others | Own(State::Published));
    let open = [State::Draft, State::Published];

    match operation {
        Op::Read => role.reads_content(),
        Op::ReadGrants => own && role.reads_content(),
        Op::Record => own && is(&[Inspector, Coordinator, Analyst]),
        Op::Edit => own_in(&open) && is(&[Inspector, Coordinator]) || own_in(&[State::Draft]) && is(&[Analyst]),
        // Whoever may edit may label and grant.
        Op::Label | Op::Grant => {
            own_in(&open) && is(&[Inspector, Coordinator, DataSteward]) || own_in(&[State::Draft]) && is(&[Analyst])
        }
        Op::Revoke => own_in(&open) && is(&[Inspector, Coordinator, DataSteward]),
        Op::Publish => own_in(&[State::Draft]) && is(&[Inspector, Coordinator]),
        Op::Retract => own_in(&[State::Published]) && is(&[Inspector, Coordinator, DataSteward]),
        Op::Import => own && is(&[CaseSystem]),
        Op::ProposeProfile => own && is(&[CaseSystem, DataSteward]),
        Op::ApproveProfile => own && is(&[DataSteward]),

        // Beside a record: what an inspectorate adds stays its own. A draft and what is retracted take nothing new.
        Op::Confirm | Op::Propose => relation == Others && is(&[Inspector, Coordinator, Analyst]),
        Op::Remark | Op::Link => out && is(&[Inspector, Coordinator, Analyst]),
        // Its inspectorate works in its case system: what came of a signal is known there.
        Op::FollowUp => out && is(&[Inspector, Coordinator, CaseSystem]),
        Op::OpenTriage | Op::Opine => out && is(&[Inspector, Coordinator]),
        Op::DecideTriage => out && is(&[Coordinator]),
        Op::DecideProposal => own_in(&[State::Published]) && is(&[Inspector, Coordinator, DataSteward]),
        Op::NameTheme => out && is(&[Inspector, Coordinator, Analyst]),
        Op::SendFeedback => out && is(&[Inspector, Coordinator]),

        // Beyond sight: asked of a record that the caller may know of, decided by its owner's side.
        Op::Discover => relation == Others && is(&[Inspector, Coordinator, Analyst, Role::AccountHolder, DataSteward]),
        Op::RequestAccess => relation == Others && is(&[Inspector, Coordinator, Analyst]),
        Op::BreakGlass => relation == Others && is(&[Inspector, Coordinator]),
        Op::DecideAccess => own && is(&[DataSteward]),
        Op::ReviewBreakGlass => own && is(&[DataSteward, PrivacyOfficer]),
        Op::ReadReceipts => own && is(&[Inspector, Coordinator, DataSteward, PrivacyOfficer]),
        Op::Hold | Op::Freeze => own && is(&[PrivacyOfficer]),
        // Whoever may list may save what it lists by. To a privacy officer the inbox tells what holds no content.
        Op::KeepSearches => own && role.reads_content(),
        Op::ReadInbox => own && (role.reads_content() || is(&[PrivacyOfficer])),

        // Who and what exists. A case system registers whom its records are about; it changes nobody.
        Op::RegisterParties => own && is(&[Inspector, Coordinator, DataSteward, CaseSystem]),
        Op::KeepParties => own && is(&[Inspector, Coordinator, DataSteward]),
        Op::MergeParties => own && is(&[Coordinator, DataSteward]),
        Op::AssignHolders => own && is(&[Coordinator]),
        Op::KeepContacts => own && is(&[Inspector, Coordinator, Role::AccountHolder]),
        Op::KeepMandates | Op::Admit | Op::KeepAccounts | Op::KeepCircles | Op::KeepVocabularies => {
            own && is(&[Administrator])
        }
        Op::SetClearance => own && is(&[Administrator, DataSteward]),
    }
}
