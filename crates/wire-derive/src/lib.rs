//! The derive that gives a type its binary form, JSON form and reflection.
