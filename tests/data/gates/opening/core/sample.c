int sample; // what is this?
