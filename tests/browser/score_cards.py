"""Score cards for the scripted session: of a long one, and of one too short to judge."""

from __future__ import annotations

from slowhand.session.live_state import ScoreLine, ScoreView

SCORE = ScoreView(
    "14 minutes on the back.",
    (
        ScoreLine("You were gentle at spine, neck and kidneys.", ("over a limit: 0 times (in 13 minutes)",)),
        ScoreLine("You went with the pulse.", ("with the pulse: 81 % of the turns (in 64 turns)",)),
        ScoreLine("Your glides were even.", ("evenness of the middle glide: 0.87 of 1 (in 71 glides)",)),
    ),
    ScoreLine("Let your strokes be slower.", ("over a limit: 7 times (in 13 minutes)", "the most: 33 cm/s (limit 30 cm/s)"),
              "Slow stroking is felt as the most pleasant. Breathe out once for each stroke."),
    (ScoreLine("Your glides were slower than in session 11: 8.2 instead of 11.4 cm/s.",
               ("the middle glide now: 8.2 cm/s (in 71 glides)", "in session 11: 11.4 cm/s (in 60 glides)")),),
    (ScoreLine("For 12 % of the touch the place was unknown: spine, neck, kidneys and pace could not be watched then.",
               ("place unknown: 12 % of the touch (in 14 minutes)",)),),
    note="None of these figures is a clinical limit, and the card is no grade.",
)
SHORT_SCORE = ScoreView(
    "A short one: 34 seconds on the back.", (),
    ScoreLine("Next time a little longer.", (), "After a minute on the back there is something to tell."), (),
    (ScoreLine("With less than a minute of touch only what was too hard can be told."),),
)
