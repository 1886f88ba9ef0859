//! Which processes there are, and what each of them has to be given: nobody holds a secret that they have no use for.

/// What a process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Everything in one process; the operator's commands too, which do what any role does.
    #[default]
    AllInOne,
    Api,
    Worker,
    /// Makes read models, in which personal data stays sealed.
    Projector,
    /// Brings the schema up to date.
    Migration,
}

impl Role {
    /// Whether it opens or seals personal data: needs the master key, the token key and the ledger of erasures.
    pub(super) fn opens_personal_data(self) -> bool {
        match self {
            Self::AllInOne | Self::Api | Self::Worker => true,
            Self::Projector | Self::Migration => false,
        }
    }

    /// Whether it reads or writes the content of files.
    pub(super) fn keeps_files(self) -> bool {
        match self {
            Self::AllInOne | Self::Api | Self::Worker => true,
            Self::Projector | Self::Migration => false,
        }
    }

    /// Whether it looks people up by address and checks passwords: needs the index key and the pepper.
    pub(super) fn signs_people_in(self) -> bool {
        match self {
            Self::AllInOne | Self::Api => true,
            Self::Worker | Self::Projector | Self::Migration => false,
        }
    }

    pub(super) fn needs_keys_database(self) -> bool {
        match self {
            Self::AllInOne | Self::Api | Self::Worker | Self::Migration => true,
            Self::Projector => false,
        }
    }

    pub(super) fn sends_mail(self) -> bool {
        match self {
            Self::AllInOne | Self::Worker => true,
            Self::Api | Self::Projector | Self::Migration => false,
        }
    }
}
