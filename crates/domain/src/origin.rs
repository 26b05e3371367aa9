//! Where a request comes from: who acts, from which address, with what browser.

use crate::browser::BrowserKind;
use crate::token::TokenHash;
use std::net::IpAddr;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Somebody at a page, who may be anybody.
    Visitor,
    /// The portal itself: a wait that was over, a letter that left.
    Portal,
    /// The insurer's operator, at the command line.
    Operator,
}

impl Actor {
    const ALL: [Self; 3] = [Self::Visitor, Self::Portal, Self::Operator];

    /// The word that the store keeps.
    pub fn to_stored(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Portal => "portal",
            Self::Operator => "operator",
        }
    }

    /// The actor that this word stands for.
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|actor| actor.to_stored() == word)
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who acts.
    pub actor: Actor,
    /// From which address, if over the network.
    pub address: Option<IpAddr>,
    /// With what browser, if with one.
    pub browser: Option<BrowserKind>,
    /// By which device token, if it has one; some account may know it.
    pub device: Option<TokenHash>,
}

impl Origin {
    /// The portal itself.
    pub const PORTAL: Self = Self { actor: Actor::Portal, address: None, browser: None, device: None };

    /// The operator at the command line.
    pub const OPERATOR: Self = Self { actor: Actor::Operator, address: None, browser: None, device: None };

    /// Somebody at a page.
    pub fn visitor(address: Option<IpAddr>, browser: BrowserKind) -> Self {
        Self { actor: Actor::Visitor, address, browser: Some(browser), device: None }
    }

    /// With this device token.
    #[must_use]
    pub fn on_device(self, device: Option<TokenHash>) -> Self {
        Self { device, ..self }
    }
}
