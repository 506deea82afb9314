//! Environments of a project: the same flags with other settings, each with its own snapshot, visitors and numbers.

/// One of a project's environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// Where things are made. Asks nothing.
    Development,
    /// Where they are tried. Asks nothing.
    Staging,
    /// Where visitors are.
    Production,
}

impl Environment {
    /// All of them, in the order in which a change travels.
    pub const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    /// Its name, as it stands in URLs, tables, object names and signatures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// The environment of this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.name() == name)
    }
}
