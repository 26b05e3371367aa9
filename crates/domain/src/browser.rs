//! Browsers in words: "Chrome en Android", read from what a browser says of itself.

/// The program, as far as a browser tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// Google Chrome.
    Chrome,
    /// Mozilla Firefox.
    Firefox,
    /// Apple Safari.
    Safari,
    /// Microsoft Edge.
    Edge,
    /// Opera.
    Opera,
    /// Samsung Internet.
    Samsung,
    /// Something else.
    Other,
}

/// What it runs on, as far as a browser tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum System {
    /// A telephone or tablet with Android.
    Android,
    /// An iPhone.
    Iphone,
    /// An iPad.
    Ipad,
    /// A computer with Windows.
    Windows,
    /// A computer with macOS.
    Mac,
    /// A computer with Linux.
    Linux,
    /// Something else.
    Other,
}

/// What kind of browser it is. Nothing else of what it says of itself is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BrowserKind {
    /// The program.
    pub program: Program,
    /// What it runs on.
    pub system: System,
}

/// In this order: a browser names those that it is like too, and Chrome and Safari are named by all.
const PROGRAMS: [(&str, Program); 9] = [
    ("Edg", Program::Edge),
    ("OPR/", Program::Opera),
    ("SamsungBrowser/", Program::Samsung),
    ("Firefox/", Program::Firefox),
    ("FxiOS/", Program::Firefox),
    ("CriOS/", Program::Chrome),
    ("Chromium/", Program::Chrome),
    ("Chrome/", Program::Chrome),
    ("Safari/", Program::Safari),
];

/// In this order: an iPhone names macOS, and Android Linux.
const SYSTEMS: [(&str, System); 7] = [
    ("Android", System::Android),
    ("iPhone", System::Iphone),
    ("iPad", System::Ipad),
    ("Windows", System::Windows),
    ("Macintosh", System::Mac),
    ("Linux", System::Linux),
    ("X11", System::Linux),
];

const PROGRAM_WORDS: [(&str, Program); 7] = [
    ("chrome", Program::Chrome),
    ("firefox", Program::Firefox),
    ("safari", Program::Safari),
    ("edge", Program::Edge),
    ("opera", Program::Opera),
    ("samsung", Program::Samsung),
    ("other", Program::Other),
];

const SYSTEM_WORDS: [(&str, System); 7] = [
    ("android", System::Android),
    ("iphone", System::Iphone),
    ("ipad", System::Ipad),
    ("windows", System::Windows),
    ("mac", System::Mac),
    ("linux", System::Linux),
    ("other", System::Other),
];

impl BrowserKind {
    /// A browser that does not tell.
    pub const UNKNOWN: Self = Self { program: Program::Other, system: System::Other };

    /// Reads what a browser says of itself in `User-Agent`. It may say anything, so this is only for people to
    /// recognise their own.
    pub fn from_user_agent(text: &str) -> Self {
        let program = PROGRAMS.iter().find(|(name, _)| text.contains(name));
        let system = SYSTEMS.iter().find(|(name, _)| text.contains(name));
        Self {
            program: program.map_or(Program::Other, |(_, program)| *program),
            system: system.map_or(System::Other, |(_, system)| *system),
        }
    }

    /// The words that the store keeps: `chrome/android`.
    pub fn to_stored(self) -> String {
        let program = PROGRAM_WORDS.iter().find(|(_, program)| *program == self.program);
        let system = SYSTEM_WORDS.iter().find(|(_, system)| *system == self.system);
        format!("{}/{}", program.map_or("other", |(word, _)| word), system.map_or("other", |(word, _)| word))
    }

    /// The browser that these words stand for; an unknown one for words that are not ours.
    pub fn from_stored(words: &str) -> Self {
        let (program, system) = words.split_once('/').unwrap_or((words, ""));
        Self {
            program: PROGRAM_WORDS
                .iter()
                .find(|(word, _)| *word == program)
                .map_or(Program::Other, |(_, is)| *is),
            system: SYSTEM_WORDS
                .iter()
                .find(|(word, _)| *word == system)
                .map_or(System::Other, |(_, is)| *is),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_recognised_by_what_they_say() {
        for (says, stored) in [
            (
                "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
                "chrome/android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "safari/iphone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
                "edge/windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "firefox/linux"),
            (
                "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
                "samsung/android",
            ),
            ("curl/8.5.0", "other/other"),
            ("", "other/other"),
        ] {
            let kind = BrowserKind::from_user_agent(says);
            assert_eq!(kind.to_stored(), stored, "{says}");
            assert_eq!(BrowserKind::from_stored(stored), kind);
        }
        assert_eq!(BrowserKind::from_stored("unknown"), BrowserKind::UNKNOWN);
    }
}
