//! The languages that the portal speaks.

/// The language, and in Spanish the voice, that the operator chose for pages and letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// Spanish of Argentina that says *usted*: the default, as printed manuals write.
    #[default]
    EsAr,
    /// Spanish of Argentina that says *vos*.
    EsArVos,
    /// English.
    En,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EsAr, Self::EsArVos, Self::En];

    /// The locale of this name, as the configuration writes it.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.name() == name)
    }

    /// Its name in the configuration, and of the folder with its words.
    pub fn name(self) -> &'static str {
        match self {
            Self::EsAr => "es-AR",
            Self::EsArVos => "es-AR-vos",
            Self::En => "en",
        }
    }

    /// What the pages' `lang` attribute says. Both voices are the same language to a screen reader.
    pub fn html_lang(self) -> &'static str {
        match self {
            Self::EsAr | Self::EsArVos => "es-AR",
            Self::En => "en",
        }
    }
}
