"""A civil court entrusts an appraisal (人民法院对外委托)."""
