"""Who is asked first: the first one to recognise a message answers it."""

from handlers.chat import (
    attachments,
    authorization,
    binding,
    birthdays,
    budgets,
    buying,
    choices,
    continuing,
    escalating,
    fallback,
    follow,
    foreign,
    forms,
    guessing,
    human,
    introducing,
    knowledge,
    membership,
    mentioned,
    menu,
    modelled,
    my_facts,
    naming,
    notices,
    offers,
    option_names,
    orders,
    own_data,
    points,
    prices,
    questions,
    quiet_events,
    recommend,
    reports,
    satisfaction,
    scan,
    several,
    small_talk,
    start_pushes,
    stop_pushes,
    totals,
    understood,
    unfollow,
    wechat_service,
    with_person,
)
from handlers.chat.speaking import Handler

ORDER: tuple[Handler, ...] = (
    unfollow,  # before authorization: a closed account is a kind of it
    follow,
    binding,  # before scan, for its codes, and orders, for its order numbers
    scan,
    stop_pushes,  # before with_person: a wish to be left alone is heard even then
    start_pushes,
    with_person,  # before all other words: a person serves
    escalating,  # behind with_person: who serves hears it anyway
    human,
    forms,  # before all other words: while one is filled, they are meant for it
    choices,  # before all that would read the words of an option
    several,  # before the intentions that would answer the first thing only
    totals,  # before mentioned, which tells two things apart
    mentioned,  # before orders: the second one is of what was shown
    orders,  # before knowledge, which explains in general where parcels are
    own_data,  # before my_facts, which takes one fact to be meant
    introducing,  # before my_facts: 我的名字错了，我叫许棠
    birthdays,  # before questions: a year alone may be the rest of one
    my_facts,
    questions,  # before knowledge and small talk: a number or a few words may be meant for us
    satisfaction,  # after questions, which are answered by numbers too
    membership,  # before points, which takes any question about them
    points,  # before knowledge, which explains points in general
    offers,  # before menu, which has a key of it; nothing on offer: the next ones answer
    budgets,  # before recommend, which knows no prices
    recommend,  # asks knowledge itself: somebody may have written what suits whom
    menu,  # after the intentions that have a key of their own
    small_talk,  # before knowledge: its words stand in many entries
    attachments,
    prices,  # after offers, which shows what there is to choose; before knowledge, which knows no customer
    naming,  # before understood and knowledge, which take a name for a question
    buying,  # before understood, which takes it for a question about their orders
    foreign,  # before understood, which learned Chinese
    understood,  # what no word rule was sure of
    knowledge,  # what somebody wrote an answer to
    option_names,  # behind all who might mean a product by it
    continuing,  # what is an answer to it with what was said before
    modelled,  # what nobody wrote an answer to, where there is a language model
    guessing,  # takes anything in words
    authorization,
    notices,
    reports,
    wechat_service,
    quiet_events,
    fallback,
)
