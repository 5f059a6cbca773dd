from model import GPT, Settings

settings = Settings(vocab_size=50)
model = GPT(settings)
model.train()
