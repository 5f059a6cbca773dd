"""A body whose items have their sizes → heights, places and ways."""

from nnviz_action.render.layout.across import Places, spread
from nnviz_action.render.layout.bodies import Body, Value
from nnviz_action.render.layout.chains import Plan, plan
from nnviz_action.render.layout.heights import Below, Tracks, stand
from nnviz_action.render.layout.routes import ANCHOR, Routes, demands, route

ROUNDS = 14  # in which lines that run across boxes are mended
GROWING = 3  # of them, in which bends may ask for more room
Settled = tuple[dict[str, float], Places, Routes]  # upper edges, places and ways


def settle(body: Body) -> tuple[Plan, Settled]:
    """All in one column."""
    planned = plan(body)
    _anchors(body, planned)
    return planned, _settle(body, planned)


def _anchors(body: Body, planned: Plan) -> None:
    """Where the values of a box leave it that gives several: the one that goes straight on in the middle."""
    straight = {edge.source: edge.value for chain in planned.chains for edge in chain.edges}
    given: dict[str, list[Value]] = {}
    for edge in body.edges:
        given.setdefault(edge.source, []).append(edge.value)
    for key, values in given.items():
        item = body.items[key]
        others = [value for value in dict.fromkeys(values) if value != straight.get(key, values[0])]
        if item.body is None and not item.is_port:
            room = min(ANCHOR * 1.5, (item.across / 2 - 8) / (len(others) or 1))
            item.outs = {value: item.across / 2 + room * rank for rank, value in enumerate(others, 1)}


def _settle(body: Body, planned: Plan) -> Settled:
    """Heights, places and ways, until no line runs across a box."""
    tracks, wanted, floors = Tracks(), list[Below](), dict[str, float]()
    for number in range(ROUNDS):
        tops = stand(body, planned, tracks, wanted, floors)
        # What is lowered is so once: later rounds must be able to move it out of a line's way.
        places = spread(body, planned, tops, tracks, lowers=number == 0)
        floors |= places.floors
        routes = route(body, planned, tops, places)
        known, tracks = tracks, tracks.with_room_for(routes.tracks) if number < GROWING else tracks
        if tracks == known:  # only now do lines stand where they will
            more = demands(body, routes, tops, places, wanted)
            if not more:
                break
            wanted += more
    return tops, places, routes
