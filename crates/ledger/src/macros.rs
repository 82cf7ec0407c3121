//! The tables of the house: what turns one line into an object table or an operation.

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
/// field.
macro_rules! paid_by {
    ($payer:ident) => {
        fn fee(&self) -> $crate::money::Asset {
            self.fee
        }
        fn fee_mut(&mut self) -> &mut $crate::money::Asset {
            &mut self.fee
        }
        fn fee_payer(&self) -> $crate::ids::AccountId {
            self.$payer
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

/// Makes a struct with an `id` field an object of a table, with the named secondary index. Says
/// where it holds money and which accounts it concerns, each by members or by a block, and of
/// orders, what market they are in.
macro_rules! object {
    ($type:ident, $index:ty, holds [$($($member:ident).+),*], $($rest:tt)*) => {
        impl crate::audit::Holds for $type {
            const HOLDS: bool = false $(|| !stringify!($($member).+).is_empty())*;
            fn holds(&self, _: &crate::Ledger, _sheet: &mut crate::audit::Sheet) {
                $(_sheet.hold(self.$($member).+);)*
            }
        }

        object!(@ $type, $index, $($rest)*);
    };
    (
        $type:ident, $index:ty,
        holds |$object:ident, $ledger:ident, $sheet:ident| $body:block,
        $($rest:tt)*
    ) => {
        impl crate::audit::Holds for $type {
            const HOLDS: bool = true;
            #[inline]
            fn holds(&self, $ledger: &crate::Ledger, $sheet: &mut crate::audit::Sheet) {
                let $object = self;
                $body
            }
        }

        object!(@ $type, $index, $($rest)*);
    };
    (@ $type:ident, $index:ty, concerns [$($($member:ident).+),*]) => {
        object!(@ $type, $index, concerns |_object, _accounts| {
            $(_accounts.insert(_object.$($member).+);)*
        });
    };
    (@ $type:ident, $index:ty, concerns |$object:ident, $accounts:ident| $body:block) => {
        object!(@ $type, $index, concerns |$object, $accounts| $body, market |_ledger| None);
    };
    (
        @ $type:ident, $index:ty,
        concerns |$object:ident, $accounts:ident| $body:block,
        market |$ledger:ident| $market:expr
    ) => {
        impl carbyne_graph::Object for $type {
            type Index = $index;
            fn instance(&self) -> u64 {
                self.id.0
            }
            fn set_instance(&mut self, instance: u64) {
                self.id.0 = instance;
            }
        }

        impl crate::objects::Concerns for $type {
            fn id(&self) -> carbyne_wire::ObjectId {
                self.id.into()
            }
            #[allow(unused_variables)] // Some objects concern nobody.
            fn concerns(&self, $accounts: &mut carbyne_wire::FlatSet<crate::ids::AccountId>) {
                let $object = self;
                $body
            }
            #[allow(unused_variables)] // Most are no orders.
            fn market(&self, $ledger: &crate::Ledger) -> Option<crate::objects::Market> {
                let $object = self;
                $market
            }
        }
    };
}

/// Defines [`Tables`](crate::tables::Tables) from lines `field: Object, Id`.
macro_rules! tables {
    ($($(#[$meta:meta])* $field:ident : $object:ty, $id:ty;)*) => {
        /// Every object of the chain, by type and instance number.
        #[derive(Clone, Debug, Default)]
        #[allow(missing_docs)]
        pub struct Tables {
            sessions: carbyne_graph::Sessions,
            $(
                $(#[$meta])*
                pub $field: carbyne_graph::Tracked<carbyne_graph::Table<$object>>
            ),*
        }

        /// Where the tables stand among those that share their sessions.
        #[allow(non_camel_case_types)]
        enum Place { $($field),* }

        const _: () = assert!([$(stringify!($field)),*].len() <= carbyne_graph::Places::MAX);

        $(impl Stored for $id {
            type Object = $object;
            const PLACE: u8 = Place::$field as u8;
            fn table(tables: &Tables) -> &carbyne_graph::Table<$object> {
                &tables.$field
            }
            fn table_mut(tables: &mut Tables) -> &mut carbyne_graph::Table<$object> {
                tables.$field.write(&mut tables.sessions, Self::PLACE)
            }
            fn number(self) -> u64 {
                self.0
            }
            fn from_number(number: u64) -> Self {
                carbyne_wire::Id(number)
            }
        })*

        impl Tables {
            /// Opens an undo session inside the one that is open.
            pub fn begin(&mut self) {
                self.sessions.begin();
            }

            /// Number of open sessions.
            pub fn depth(&self) -> usize {
                self.sessions.depth()
            }

            /// Ends the newest session and takes its changes back.
            pub fn undo(&mut self) {
                let places = self.sessions.undo();
                self.end(places, |table| table.undo());
            }

            /// Ends the newest session and keeps its changes in the one below.
            pub fn merge(&mut self) {
                let places = self.sessions.merge();
                self.end(places, |table| table.merge());
            }

            /// Makes the changes of the oldest session permanent.
            pub fn commit_oldest(&mut self) {
                let places = self.sessions.commit_oldest();
                self.end(places, |table| table.commit_oldest());
            }

            /// Ends a session of the tables at `places`.
            fn end(
                &mut self,
                places: carbyne_graph::Places,
                end: fn(&mut dyn carbyne_graph::Undoable),
            ) {
                for place in places {
                    match place {
                        $(place if place == Place::$field as u8 => end(self.$field.end()),)*
                        _ => {}
                    }
                }
            }

            /// Calls `visit` for every table, in order of space and type.
            pub fn each<'a>(&'a self, visit: &mut dyn FnMut((u8, u8), &'a dyn AnyTable)) {
                $(visit((<$id>::SPACE, <$id>::TYPE), &*self.$field);)*
            }

            /// Calls `visit` for the tables that the newest session wrote to, in order of space
            /// and type. Of the others it knows no changes.
            pub fn each_touched<'a>(
                &'a self,
                visit: &mut dyn FnMut((u8, u8), &'a dyn AnyTable),
            ) {
                let touched = self.sessions.touched();
                $(if touched.contains(Place::$field as u8) {
                    visit((<$id>::SPACE, <$id>::TYPE), &*self.$field);
                })*
            }

            /// Adds to `sheet` what all rows hold.
            pub(crate) fn hold_all(&self, ledger: &crate::Ledger, sheet: &mut crate::audit::Sheet) {
                $(crate::audit::hold_all(&*self.$field, ledger, sheet);)*
            }

            /// Adds to `sheet` what the rows hold that the newest session wrote to, without what
            /// they held before it.
            pub(crate) fn hold_changes(
                &self,
                ledger: &crate::Ledger,
                sheet: &mut crate::audit::Sheet,
            ) {
                let touched = self.sessions.touched();
                $(if touched.contains(Place::$field as u8) {
                    crate::audit::hold_changes(&*self.$field, ledger, sheet);
                })*
            }

            /// Whether the newest session wrote to the table of these objects.
            pub(crate) fn wrote_to<I: Stored>(&self) -> bool {
                self.sessions.touched().contains(I::PLACE)
            }

            /// Calls `visit` for every table, to change, in order of space and type.
            pub fn each_mut<'a>(
                &'a mut self,
                visit: &mut dyn FnMut((u8, u8), &'a mut dyn AnyTable),
            ) {
                let sessions = &mut self.sessions;
                $(
                    let table = self.$field.write(sessions, Place::$field as u8);
                    visit((<$id>::SPACE, <$id>::TYPE), table);
                )*
            }

            /// The table of a space and type.
            pub fn any(&self, space: u8, type_: u8) -> Option<&dyn AnyTable> {
                match (space, type_) {
                    $((<$id>::SPACE, <$id>::TYPE) => Some(&*self.$field),)*
                    _ => None,
                }
            }

            /// The table of a space and type, to change.
            pub fn any_mut(&mut self, space: u8, type_: u8) -> Option<&mut dyn AnyTable> {
                match (space, type_) {
                    $((<$id>::SPACE, <$id>::TYPE) => Some(<$id>::table_mut(self)),)*
                    _ => None,
                }
            }
        }
    };
}

/// Defines the choice of all operations and that of their fee parameters from lines
/// `tag Variant: path::Type` and says which of them can be sent. Large ones are boxed, so that a
/// transaction of small ones stays small.
macro_rules! operations {
    ($($tag:literal $kind:ident $variant:ident : $($path:ident)::+ $(, $boxed:ident)?;)*) => {
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

        impl FeeParameters {
            /// The default parameters of every operation, in order of tag.
            pub fn defaults() -> Vec<Self> {
                vec![$(Self::$variant(Default::default())),*]
            }
        }

        impl Operation {
            /// Tags, names and whether the operation can be sent, in order of tag.
            pub const TABLE: &'static [(u64, &'static str, bool)] = &[
                $(($tag, <$($path)::+ as Stateless>::NAME, operations!(@sent $kind)),)*
            ];

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

            /// Checks and applies the operation, its fee included.
            pub(crate) fn evaluate(
                &self,
                ledger: &mut Ledger,
                mode: Mode,
            ) -> Result<OperationResult, Rejected> {
                match self { $(Self::$variant(operation) => {
                    let operation = operations!(@deref $($boxed)? operation);
                    operations!(@evaluate $kind operation, self, ledger, mode)
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
    (@evaluate real $operation:ident, $self:ident, $ledger:ident, $mode:ident) => {
        evaluate_one($operation, $self, $ledger, $mode)
    };
    (@evaluate virtual $operation:ident, $self:ident, $ledger:ident, $mode:ident) => {{
        let _ = ($operation, &$ledger, $mode);
        Err(EvaluateRefusal::NoEvaluator { operation: $self.to_json().to_string() }.into())
    }};
}
