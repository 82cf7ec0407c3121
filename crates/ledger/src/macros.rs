//! The tables of the house: what turns one line into an object table or an operation that is
//! evaluated.

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

            /// Calls `visit` for every table that the chain knows, in order of space and type.
            pub fn each<'a>(&'a self, visit: &mut dyn FnMut((u8, u8), &'a dyn AnyTable)) {
                $(if self.knows(<$id>::SPACE) {
                    visit((<$id>::SPACE, <$id>::TYPE), &*self.$field);
                })*
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
            pub(crate) fn hold_all(&self, ledger: &crate::Ledger, sheet: &mut crate::audit::Sums) {
                $(crate::audit::hold_all(&*self.$field, ledger, sheet);)*
            }

            /// Adds to `sheet` what the rows hold that the newest session wrote to, without what
            /// they held before it.
            pub(crate) fn hold_changes(
                &self,
                ledger: &crate::Ledger,
                sheet: &mut crate::audit::Sums,
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

            /// The table of a space and type, if the chain knows it.
            pub fn any(&self, space: u8, type_: u8) -> Option<&dyn AnyTable> {
                if !self.knows(space) {
                    return None;
                }
                match (space, type_) {
                    $((<$id>::SPACE, <$id>::TYPE) => Some(&*self.$field),)*
                    _ => None,
                }
            }

            /// The table of a space and type, to change.
            pub fn any_mut(&mut self, space: u8, type_: u8) -> Option<&mut dyn AnyTable> {
                if !self.knows(space) {
                    return None;
                }
                match (space, type_) {
                    $((<$id>::SPACE, <$id>::TYPE) => Some(<$id>::table_mut(self)),)*
                    _ => None,
                }
            }
        }
    };
}

/// Says which operations are evaluated, from lines `Variant: path::Type` for those that can be sent
/// and the names of those that only the chain makes. An operation that is in neither list does not
/// compile.
macro_rules! evaluators {
    (
        sent { $($variant:ident : $($path:ident)::+;)* }
        never_sent { $($made:ident),* $(,)? }
    ) => {
        /// Checks and applies an operation, its fee included.
        pub(crate) fn evaluate(
            operation: &Operation,
            ledger: &mut Ledger,
            mode: Mode,
        ) -> Result<OperationResult, Rejected> {
            use carbyne_protocol::ops;
            crate::features::check_applied(ledger, operation)?;
            match operation {
                $(Operation::$variant(content) => {
                    evaluate_one::<ops::$($path)::+>(content, operation, ledger, mode)
                })*
                $(Operation::$made(_))|* => {
                    let operation = operation.to_json_in(ledger.dialect).to_string();
                    Err(EvaluateRefusal::NoEvaluator { operation }.into())
                }
            }
        }
    };
}
