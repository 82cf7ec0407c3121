//! The tables of the house: what turns one line into an operation, a fee or a named choice.

/// Defines the parameters of an operation's fee: a struct with the reference's defaults.
macro_rules! fee_parameters {
    ($(#[$meta:meta])* pub struct $name:ident { $(
        $(#[$field_meta:meta])* $field:ident : $type:ty = $default:expr
    ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, carbyne_wire::Wire)]
        pub struct $name { $(
            $(#[$field_meta])*
            pub $field: $type
        ),* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }
    };
}

/// Defines a choice without content: a name in JSON (its number is read too), eight bytes in
/// binary.
#[macro_export]
macro_rules! named_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $(
        $(#[$variant_meta:meta])* $variant:ident = $number:literal $text:literal
    ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_meta])* $variant = $number),* }

        impl $name {
            fn from_number(number: i64) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }

        impl carbyne_wire::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                (*self as i64).pack(out);
            }
            fn unpack(
                input: &mut carbyne_wire::Reader<'_>,
            ) -> Result<Self, carbyne_wire::PackError> {
                let number = i64::unpack(input)?;
                let (name, tag) = (stringify!($name), number as u64);
                let unknown = carbyne_wire::PackError::UnknownTag { name, tag };
                Self::from_number(number).ok_or(unknown)
            }
        }

        impl carbyne_wire::Json for $name {
            fn to_json(&self) -> carbyne_wire::Value {
                match self { $(Self::$variant => $text.into()),* }
            }
            fn from_json(value: &carbyne_wire::Value) -> Result<Self, carbyne_wire::JsonError> {
                let named = match value.as_str() {
                    $(Some($text) => Some(Self::$variant),)*
                    _ => None,
                };
                let unknown = || carbyne_wire::JsonError::bad_cast(value, stringify!($name));
                named
                    .or_else(|| i64::from_json(value).ok().and_then(Self::from_number))
                    .ok_or_else(unknown)
            }
        }

        carbyne_wire::in_every_dialect!([] $name);

        impl carbyne_wire::Reflect for $name {
            fn kind() -> carbyne_wire::Kind {
                carbyne_wire::Kind::Other
            }
            fn view(&self) -> carbyne_wire::View<'_> {
                carbyne_wire::View::Other
            }
        }
    };
}

/// Inside `impl Stateless`: the operation has a field `fee`, paid by the account in the named
/// field, or always by the same one.
macro_rules! paid_by {
    ($payer:ident) => {
        paid_by!(@ self self.$payer);
    };
    (const $payer:expr) => {
        paid_by!(@ self $payer);
    };
    (@ $self:ident $payer:expr) => {
        fn fee(&self) -> $crate::money::Asset {
            self.fee
        }
        fn fee_mut(&mut self) -> &mut $crate::money::Asset {
            &mut self.fee
        }
        fn fee_payer(&$self) -> $crate::ids::AccountId {
            $payer
        }
    };
}

/// Inside `impl Stateless`: the operation costs what the parameter `fee` says, or the named number.
macro_rules! flat_fee {
    () => {
        flat_fee!(@ parameters parameters.fee as i64);
    };
    ($fee:literal) => {
        flat_fee!(@ _parameters $fee);
    };
    (@ $parameters:ident $fee:expr) => {
        fn calculate_fee(
            &self,
            $parameters: &Self::Fee,
            _: &$crate::fees::FeeSchedule,
        ) -> Result<i64, $crate::Rejected> {
            Ok($fee)
        }
    };
}

/// Gives reasons that the reference does not know our words where it would have its own.
#[macro_export]
macro_rules! own_words {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::reference_words::ReferenceWords for $name {
            fn write_reference_words(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    )*};
}

/// Defines the choice of all operations and that of their fee parameters from lines
/// `tag Variant: path::Type` and says which of them can be sent. Large ones are boxed, so that a
/// transaction of small ones stays small. Those of the second list are on chains that opted in.
macro_rules! operations {
    (reference { $($reference:tt)* } promised { $($promised:tt)* }) => {
        operations!(@choice $($reference)* $($promised)*);

        impl FeeParameters {
            /// The default parameters of every operation of the reference, in order of tag.
            pub fn defaults() -> Vec<Self> {
                operations!(@defaults $($reference)*)
            }
        }

        impl Operation {
            /// Tags, names and whether the operation can be sent, in order of tag.
            pub const TABLE: &'static [(u64, &'static str, bool)] =
                operations!(@table $($reference)*);

            /// The same of the operations that only chains have that opted in to them.
            pub const PROMISED: &'static [(u64, &'static str, bool)] =
                operations!(@table $($promised)*);
        }
    };
    (@defaults $($tag:literal $kind:ident $variant:ident : $($path:ident)::+
        $(, $boxed:ident)?;)*) => { vec![$(Self::$variant(Default::default())),*] };
    (@table $($tag:literal $kind:ident $variant:ident : $($path:ident)::+
        $(, $boxed:ident)?;)*) => {
        &[$(($tag, <$($path)::+ as Stateless>::NAME, operations!(@sent $kind)),)*]
    };
    (@choice $($tag:literal $kind:ident $variant:ident : $($path:ident)::+
        $(, $boxed:ident)?;)*) => {
        /// An operation: tag and content.
        #[derive(Clone, Debug, PartialEq, carbyne_wire::Wire)]
        #[allow(missing_docs)]
        pub enum Operation { $(
            #[wire(tag = $tag)]
            $variant(operations!(@boxed $($boxed)? $($path)::+))
        ),* }

        /// The fee parameters of one operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, carbyne_wire::Wire)]
        #[allow(missing_docs)]
        pub enum FeeParameters { $(
            #[wire(tag = $tag)]
            $variant(<$($path)::+ as Stateless>::Fee)
        ),* }

        $(impl From<$($path)::+> for Operation {
            fn from(operation: $($path)::+) -> Self {
                Self::$variant(operation.into())
            }
        })*

        impl Operation {
            /// What is true of the operation without chain state.
            pub fn stateless(&self) -> &dyn AnyOperation {
                match self { $(
                    Self::$variant(operation) => operations!(@deref $($boxed)? operation)
                ),* }
            }

            /// The fee, to change.
            pub fn fee_mut(&mut self) -> &mut Asset {
                match self { $(Self::$variant(operation) => operation.fee_mut()),* }
            }

            /// The fee that `schedule` asks for, in smallest units of the core asset, before its
            /// scale.
            pub(crate) fn unscaled_fee(&self, schedule: &FeeSchedule) -> Result<i64, Rejected> {
                match self { $(Self::$variant(operation) => {
                    let parameters = match schedule.find($tag) {
                        Some(FeeParameters::$variant(parameters)) => *parameters,
                        _ => <$($path)::+ as Stateless>::missing_fee(schedule),
                    };
                    operation.calculate_fee(&parameters, schedule)
                }),* }
            }
        }
    };
    (@boxed boxed $($path:tt)+) => { Box<$($path)+> };
    (@boxed $($path:tt)+) => { $($path)+ };
    (@deref boxed $operation:ident) => { &**$operation };
    (@deref $operation:ident) => { $operation };
    (@sent real) => { true };
    (@sent virtual) => { false };
}

/// Defines what the chain records of a contract when it acts by itself: a virtual operation, and
/// the choice of what happened.
macro_rules! contract_event {
    (
        $(#[$meta:meta])* pub struct $event:ident = $name:literal of $id:ty;
        $(#[$what_meta:meta])* pub enum $what:ident { $($outcomes:tt)* }
        $fee:ident
    ) => {
        named_enum! {
            $(#[$what_meta])*
            pub enum $what { $($outcomes)* }
        }

        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, carbyne_wire::Wire)]
        pub struct $event {
            /// Zero.
            pub fee: $crate::money::Asset,
            /// The contract.
            pub object: $id,
            /// What happened.
            pub what: $what,
            /// Whom it concerns.
            pub parties: carbyne_wire::FlatSet<$crate::ids::AccountId>,
            /// What each got; what was given is negative.
            pub moved: Vec<($crate::ids::AccountId, $crate::money::Asset)>,
        }

        fee_parameters! {
            /// A record has no fee.
            pub struct $fee {}
        }

        impl $event {
            /// The record that `what` happened to a contract of these accounts.
            pub fn new(
                object: $id,
                what: $what,
                parties: impl IntoIterator<Item = $crate::ids::AccountId>,
            ) -> Self {
                let (fee, moved) = ($crate::money::Asset::core(0), Vec::new());
                Self { fee, object, what, parties: parties.into_iter().collect(), moved }
            }
        }

        impl Default for $event {
            fn default() -> Self {
                Self::new(Default::default(), Default::default(), [])
            }
        }

        impl $crate::ops::Stateless for $event {
            const NAME: &'static str = $name;
            type Fee = $fee;

            fn fee(&self) -> $crate::money::Asset {
                self.fee
            }
            fn fee_mut(&mut self) -> &mut $crate::money::Asset {
                &mut self.fee
            }
            fn fee_payer(&self) -> $crate::ids::AccountId {
                self.parties.first().copied().unwrap_or_default()
            }
            flat_fee!(0);

            fn validate(&self) -> Result<(), $crate::Rejected> {
                Err($crate::contract::ContractRefusal::Virtual.into())
            }
            fn touched(&self, accounts: &mut carbyne_wire::FlatSet<$crate::ids::AccountId>) {
                accounts.extend(self.parties.iter().copied());
                accounts.extend(self.moved.iter().map(|(account, _)| *account));
            }
        }
    };
}
